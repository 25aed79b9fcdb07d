import { LogoutBench, postToken } from '../../test/logout-bench.js';
import { machineOf, sessionAt, until, visitAt } from '../../test/machines.js';
import type { PartyOptions, RelyingParty } from '../../test/relying-party.js';
import { UserAgent } from '../../test/user-agent.js';
import { refuseLogin } from '../hooks.js';
import { endSessions } from './end-sessions.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

const revoke = { logout: { revoke: true } };
const given = (): (string | null)[] => bench.op.at('/revoke').map(({ parameters }) => parameters.get('token'));
const revocations = (): unknown[] =>
  bench.logouts.filter(({ type }) => type.startsWith('tokens_re') || type.startsWith('revocation'));

/** Resolves when what runs behind the answers is done. */
const done = (): Promise<void> => until(() => revocations().length > 0);

/** A program that asks for revocation, a browser at it, and the refresh token of its session. */
async function setUp(options: PartyOptions = revoke): Promise<[RelyingParty, UserAgent, string]> {
  const party = await bench.party(options);
  const agent = await bench.signedIn(party);
  const { tokens } = await sessionAt(party.client, agent);
  return [party, agent, tokens?.refreshToken ?? tokens?.accessToken ?? ''];
}

function signOut(party: RelyingParty, agent: UserAgent): Promise<unknown> {
  return agent.fetch(`${party.url}/auth/logout`, { form: '', headers: { 'sec-fetch-site': 'same-origin' } });
}

function frontChannel(party: RelyingParty): Promise<unknown> {
  const query = new URLSearchParams({ iss: bench.op.issuer, sid: 'op-session-1' }).toString();
  return new UserAgent().fetch(`${party.url}/auth/frontchannel-logout?${query}`, {
    headers: { 'sec-fetch-dest': 'iframe' },
  });
}

describe('[R56] [RULE 3.9] when the option asks for it', () => {
  it('RP-initiated: the refresh token goes back, which takes its access tokens along', async () => {
    const [party, agent, token] = await setUp();
    await signOut(party, agent);
    await done();
    expect(bench.op.at('/revoke').map(({ parameters }) => Object.fromEntries(parameters))).toEqual([
      { token, token_type_hint: 'refresh_token' },
    ]);
    expect(revocations()).toEqual([{ type: 'tokens_revoked', client: party.client.ref, at: bench.clock.now() }]);
  });

  it('without a refresh token: the access token', async () => {
    bench.op.token = { members: { refresh_token: undefined } };
    const [party, agent, token] = await setUp();
    await signOut(party, agent);
    await done();
    expect(bench.op.at('/revoke').map(({ parameters }) => Object.fromEntries(parameters))).toEqual([
      { token, token_type_hint: 'access_token' },
    ]);
  });

  it('[RULE 2.2] RP-initiated with the sealed cookie: the access token in it', async () => {
    const [party, agent, token] = await setUp({ ...revoke, session: { cookie: { sealed: true } } });
    await signOut(party, agent);
    await done();
    expect(given()).toEqual([token]);
  });

  it('back-channel: of every session that ended, at whichever machine it is received', async () => {
    const [party] = await setUp();
    await bench.signedIn(party);
    await bench.signedIn(party, 'op-session-2', 'grace');
    bench.op.user = { sub: 'ada' };
    await postToken(party, await bench.token({ sid: undefined }));
    await until(() => revocations().length === 2);
    expect(new Set(given()).size).toBe(2);
  });

  it('tokens that a refresh has brought: the newest', async () => {
    const [party, agent, old] = await setUp();
    bench.clock.advance(301_000);
    const session = await sessionAt(machineOf(party), agent);
    await session.accessToken();
    await postToken(party, await bench.token());
    await done();
    expect([given(), given()[0] === old]).toEqual([[session.tokens?.refreshToken], false]);
  });

  it('a login that onLogin refuses keeps none', async () => {
    const party = await bench.party({ ...revoke, hooks: { onLogin: () => refuseLogin('Not you.') } });
    const page = await party.login(new UserAgent());
    await done();
    expect([page.status, given()]).toEqual([403, [expect.stringMatching(/^refresh-token-/)]]);
  });

  it('[RULE 3.2] a login that a mark refuses keeps none', async () => {
    const party = await bench.party(revoke);
    const hold = bench.holdTokens();
    const login = party.login(new UserAgent());
    await hold.arrived;
    await postToken(party, await bench.token());
    hold.goOn();
    expect((await login).status).toBe(400);
    await done();
    expect(given()).toEqual([expect.stringMatching(/^refresh-token-/)]);
  });
});

describe('[R56] [RULE 3.9] what is never given back', () => {
  /** What would have been sent has been sent by then: a whole login comes after it. */
  async function settle(party: RelyingParty): Promise<void> {
    await bench.signedIn(party, 'the last', 'last');
  }

  it.each<[string, (party: RelyingParty, agent: UserAgent) => Promise<unknown>]>([
    ['[R65] front-channel', (party) => frontChannel(party)],
    ['another login of the same browser', (party, agent) => agent.open(`${party.url}/auth/login`)],
    [
      'a session that expired',
      async (party, agent) => {
        bench.clock.advance(86_400_000);
        await visitAt(party.client, agent).session();
      },
    ],
  ])('%s', async (_what, end) => {
    const [party, agent] = await setUp();
    await end(party, agent);
    expect(bench.sessions.filter(({ type }) => type === 'ended')).toHaveLength(1);
    await settle(party);
    expect([given(), revocations()]).toEqual([[], []]);
  });

  it('anything, without the option', async () => {
    const [party, agent] = await setUp({});
    await signOut(party, agent);
    await postToken(party, await bench.token({ sid: undefined }));
    await settle(party);
    expect([given(), revocations()]).toEqual([[], []]);
  });

  it.each<[string, boolean | 'offline_access', object | undefined, number]>([
    ['offline_access, as the OP says', true, {}, 0],
    ['offline_access, where the OP does not say, since it granted what was asked for', true, { scope: undefined }, 0],
    ["offline_access, unless 'offline_access' asks for it", 'offline_access', {}, 1],
    ['what was asked for as offline_access, and granted without', true, { scope: 'openid' }, 1],
  ])('%s', async (_what, option, members, expected) => {
    bench.op.token = { members: { ...members } };
    const [party, agent] = await setUp({ scope: 'openid offline_access', logout: { revoke: option } });
    await signOut(party, agent);
    if (expected > 0) await done();
    await settle(party);
    expect(given()).toHaveLength(expected);
  });

  it("'offline_access' asks for the others too", async () => {
    const [party, agent, token] = await setUp({ logout: { revoke: 'offline_access' } });
    await signOut(party, agent);
    await done();
    expect(given()).toEqual([token]);
  });

  it('[R47] tokens that no secret of ours opens', async () => {
    const [party, agent] = await setUp();
    const { record } = await sessionAt(party.client, agent);
    const other = machineOf(party, { ...revoke, session: { secret: 'another secret, of more than 32 bytes' } });
    await endSessions(other, { client: other.ref, sessionId: record.id }, 'rp_initiated');
    expect([await party.whoIs(agent), revocations()]).toEqual([null, []]);
  });
});

describe('[R56] an OP that does not take them', () => {
  it.each<[string, typeof bench.op.revocation, string]>([
    ['an error', { status: 400, body: '{"error":"invalid_client"}' }, 'token_endpoint_error'],
    ['503', { status: 503 }, 'op_unreachable'],
    ['HTML', { status: 404, body: '<p>No' }, 'invalid_message'],
  ])('%s: an event, and the logout stands', async (_what, revocation, code) => {
    const [party, agent] = await setUp();
    bench.op.revocation = revocation;
    await signOut(party, agent);
    await done();
    expect(revocations()).toEqual([
      { type: 'revocation_failed', client: party.client.ref, at: bench.clock.now(), code },
    ]);
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('no revocation endpoint: nothing is sent, and nothing is said to have been revoked', async () => {
    bench.op.metadata = { revocation_endpoint: undefined };
    const [party, agent] = await setUp();
    await signOut(party, agent);
    await postToken(party, await bench.token());
    expect([await party.whoIs(agent), given(), revocations()]).toEqual([null, [], []]);
  });

  it('down: an event', async () => {
    const [party] = await setUp();
    const token = await bench.token();
    await bench.op.stop();
    expect((await postToken(party, token)).status).toBe(200);
    await done();
    await bench.op.listen();
    expect(revocations()).toMatchObject([{ type: 'revocation_failed', code: 'op_unreachable' }]);
  });

  it('silent: no logout waits for it', async () => {
    const [party, agent] = await setUp();
    const second = await bench.signedIn(party, 'op-session-2', 'grace');
    const { server } = bench.op;
    const right = server.handler;
    const held: (() => void)[] = [];
    server.handler = (req, res) => (req.url === '/revoke' ? void held.push(() => right(req, res)) : right(req, res));
    await postToken(party, await bench.token({ sub: 'ada', sid: 'op-session-1' }));
    await signOut(party, second);
    expect([await party.whoIs(agent), await party.whoIs(second), revocations()]).toEqual([null, null, []]);
    await until(() => held.length === 2);
    server.handler = right;
    held.forEach((goOn) => goOn());
    await until(() => revocations().length === 2);
  });
});
