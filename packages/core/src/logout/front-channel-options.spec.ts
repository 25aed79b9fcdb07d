import { breakableStore } from '../../test/breakable-store.js';
import { LogoutBench } from '../../test/logout-bench.js';
import type { RelyingParty } from '../../test/relying-party.js';
import { UserAgent, type Page } from '../../test/user-agent.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

/** Opens the route in a frame, as this browser. */
function frame(party: RelyingParty, agent: UserAgent, query: Record<string, string>): Promise<Page> {
  return agent.fetch(`${party.url}/auth/frontchannel-logout?${new URLSearchParams(query).toString()}`, {
    headers: { 'sec-fetch-dest': 'iframe', 'sec-fetch-mode': 'navigate' },
  });
}

const ended = (): unknown[] => bench.sessions.filter(({ type }) => type === 'ended');
const wholeOf = ({ status, headers, text }: Page): unknown => [
  status,
  [...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name)),
  text,
];

describe('[R64] [RULE 3.6] frontchannel.withoutCookie: false', () => {
  const frontchannel = { withoutCookie: false };

  it('ends the session whose cookie comes, where the sid is its own', async () => {
    const party = await bench.party({ frontchannel });
    const agent = await bench.signedIn(party);
    expect((await frame(party, agent, { iss: bench.op.issuer, sid: 'op-session-1' })).status).toBe(200);
    expect(await party.whoIs(agent)).toBeNull();
    expect(ended()).toMatchObject([{ reason: 'front_channel', sub: 'ada' }]);
  });

  it.each<[string, () => UserAgent | Promise<UserAgent>, string]>([
    ['no cookie', () => new UserAgent(), 'op-session-1'],
    ["another session's sid", () => agents[0]!, 'op-session-2'],
    ["the cookie of another's session", () => agents[1]!, 'op-session-1'],
    ['a sid that nobody has', () => agents[0]!, 'never-seen'],
  ])('%s: nothing ends', async (_what, who, sid) => {
    const party = await bench.party({ frontchannel });
    agents = [await bench.signedIn(party), await bench.signedIn(party, 'op-session-2', 'grace')];
    const page = await frame(party, await who(), { iss: bench.op.issuer, sid });
    expect([page.status, ended()]).toEqual([200, []]);
    expect([await party.whoIs(agents[0]!), await party.whoIs(agents[1]!)]).toEqual(['ada', 'grace']);
  });
  let agents: UserAgent[] = [];

  it('another session of the same sid, in another browser, stays', async () => {
    const party = await bench.party({ frontchannel });
    const [one, two] = [await bench.signedIn(party), await bench.signedIn(party)];
    await frame(party, one, { iss: bench.op.issuer, sid: 'op-session-1' });
    expect([await party.whoIs(one), await party.whoIs(two)]).toEqual([null, 'ada']);
  });

  it('the answer tells nothing: known, unknown and foreign sid get the same bytes', async () => {
    const party = await bench.party({ frontchannel });
    const agent = await bench.signedIn(party);
    const iss = bench.op.issuer;
    const foreign = await frame(party, agent, { iss, sid: 'op-session-2' });
    const without = await frame(party, new UserAgent(), { iss, sid: 'op-session-1' });
    const known = await frame(party, agent, { iss, sid: 'op-session-1' });
    expect(wholeOf(foreign)).toEqual(wholeOf(known));
    expect(wholeOf(without)).toEqual(wholeOf(known));
  });

  it('[R46] a store that fails: 503, and asking again works', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ frontchannel, session: { store } });
    const agent = await bench.signedIn(party);
    store.down.add('read');
    expect((await frame(party, agent, { iss: bench.op.issuer, sid: 'op-session-1' })).status).toBe(503);
    store.down.clear();
    await frame(party, agent, { iss: bench.op.issuer, sid: 'op-session-1' });
    expect(await party.whoIs(agent)).toBeNull();
  });
});

describe('[R64] [RULE 3.6] frontchannel.requireIssuer: false', () => {
  const frontchannel = { requireIssuer: false };

  it('takes a bare sid as one of our OP', async () => {
    const party = await bench.party({ frontchannel });
    const agent = await bench.signedIn(party);
    expect((await frame(party, new UserAgent(), { sid: 'op-session-1' })).status).toBe(200);
    expect(await party.whoIs(agent)).toBeNull();
  });

  it.each<[string, (iss: string) => Record<string, string>, number]>([
    ['another iss', () => ({ iss: 'https://other.example', sid: 'op-session-1' }), 400],
    ['an empty iss', () => ({ iss: '', sid: 'op-session-1' }), 400],
    ['an iss without sid', (iss) => ({ iss }), 400],
    ['an empty sid', () => ({ sid: '' }), 400],
    ['a sid that nobody has', () => ({ sid: 'never-seen' }), 200],
    ['neither', () => ({}), 200],
  ])('%s: nothing ends', async (_what, query, status) => {
    const party = await bench.party({ frontchannel });
    const agent = await bench.signedIn(party);
    expect((await frame(party, agent, query(bench.op.issuer))).status).toBe(status);
    expect([await party.whoIs(agent), ended()]).toEqual(['ada', []]);
  });

  it('[R14] two sids: 400', async () => {
    const party = await bench.party({ frontchannel });
    const agent = await bench.signedIn(party);
    const url = `${party.url}/auth/frontchannel-logout?sid=op-session-1&sid=op-session-1`;
    expect((await agent.fetch(url, { headers: { 'sec-fetch-dest': 'iframe' } })).status).toBe(400);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('the right pair still works, and a bare sid with withoutCookie: false only where its cookie comes', async () => {
    const party = await bench.party({ frontchannel: { requireIssuer: false, withoutCookie: false } });
    const agent = await bench.signedIn(party);
    await frame(party, new UserAgent(), { sid: 'op-session-1' });
    expect(await party.whoIs(agent)).toBe('ada');
    await frame(party, agent, { sid: 'op-session-1' });
    expect(await party.whoIs(agent)).toBeNull();
    await bench.signIn(party, agent);
    await frame(party, agent, { iss: bench.op.issuer, sid: 'op-session-1' });
    expect(await party.whoIs(agent)).toBeNull();
  });
});
