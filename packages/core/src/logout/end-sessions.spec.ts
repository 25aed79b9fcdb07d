import { breakableStore } from '../../test/breakable-store.js';
import { jsonOf, LogoutBench, postToken } from '../../test/logout-bench.js';
import { said, type RelyingParty } from '../../test/relying-party.js';
import { UserAgent, type Page } from '../../test/user-agent.js';
import { hashOf } from '../crypto.js';
import type { LogoutContext } from '../hooks.js';
import { MemoryStore } from '../session/memory-store.js';
import type { SessionRecord } from '../session/session-store.js';
import { endSessions, type LogoutTarget } from './end-sessions.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

/** A logout over the back channel that works. */
async function logOut(party: RelyingParty, claims: Record<string, unknown> = {}): Promise<void> {
  expect((await postToken(party, await bench.token(claims))).status).toBe(200);
}

async function frame(party: RelyingParty, sid: string): Promise<void> {
  const query = new URLSearchParams({ iss: bench.op.issuer, sid }).toString();
  const headers = { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' };
  const page = await new UserAgent().fetch(`${party.url}/auth/frontchannel-logout?${query}`, { headers });
  expect(page.status).toBe(200);
}

/** Signs out by the program's own form, and leaves the browser on the page that would go on to the OP. */
function signOut(party: RelyingParty, agent: UserAgent): Promise<Page> {
  const headers = { 'sec-fetch-site': 'same-origin' };
  return agent.fetch(`${party.url}/auth/logout`, { method: 'POST', headers });
}

const ended = () => bench.sessions.filter((event) => event.type === 'ended');

describe('[RULE 3.2] the same sid logs in again', () => {
  it.each<[string, (party: RelyingParty, agent: UserAgent) => Promise<unknown>]>([
    ['back-channel logout with sid and sub', (party) => logOut(party)],
    ['back-channel logout with sid', (party) => logOut(party, { sub: undefined })],
    ['back-channel logout with sub', (party) => logOut(party, { sid: undefined })],
    ['front-channel logout', (party) => frame(party, 'op-session-1')],
    ['RP-initiated logout that the user cancelled at the OP', signOut],
    [
      'all of them',
      async (party, agent) => {
        await logOut(party, { sid: undefined });
        await logOut(party);
        await frame(party, 'op-session-1');
        await signOut(party, agent);
      },
    ],
  ])('after %s: signed in, a moment later', async (_what, logout) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    await logout(party, agent);
    expect(await party.whoIs(agent)).toBeNull();
    bench.clock.advance(1);
    await bench.signIn(party, agent);
    expect(await party.whoIs(agent)).toBe('ada');
  });
});

describe('[RULE 3.2] a logout token that is delivered late', () => {
  it('leaves a session alone whose login began after the token was issued and the tolerance had passed', async () => {
    const party = await bench.party();
    const old = await bench.signedIn(party);
    bench.clock.advance(5000);
    const token = await bench.token({ exp: bench.op.now + 300 });
    bench.clock.advance(61_000);
    const fresh = await bench.signedIn(party);
    bench.clock.advance(120_000);
    expect((await postToken(party, token)).status).toBe(200);
    expect([await party.whoIs(old), await party.whoIs(fresh)]).toEqual([null, 'ada']);
  });

  it('may ask one to sign in again that began within the tolerance; once it was carried out, nobody', async () => {
    const party = await bench.party();
    const token = await bench.token({ exp: bench.op.now + 300 });
    bench.clock.advance(60_000);
    const agent = await bench.signedIn(party);
    bench.clock.advance(120_000);
    expect((await postToken(party, token)).status).toBe(200);
    expect(await party.whoIs(agent)).toBeNull();
    bench.clock.advance(1);
    await bench.signIn(party, agent);
    expect(await party.whoIs(agent)).toBe('ada');
  });
});

describe('[RULE 3.2] an OP whose clock is not ours', () => {
  it.each<[string, { atLogin: number; atLogout: number; life?: number }]>([
    ['two nodes 20 s apart, the login at the one ahead', { atLogin: 20, atLogout: 0 }],
    ['two nodes 20 s apart, the logout at the one ahead', { atLogin: 0, atLogout: 20 }],
    ['two nodes 20 s apart around our time', { atLogin: 10, atLogout: -10 }],
    ['two minutes behind, its tokens living four', { atLogin: -120, atLogout: -120, life: 240 }],
    ['four minutes behind, its tokens living ten', { atLogin: -240, atLogout: -240, life: 600 }],
    ['one minute ahead', { atLogin: 60, atLogout: 60 }],
  ])('%s: a session ends five seconds after its login, and the next login passes', async (_what, offsets) => {
    const { atLogin, atLogout, life = 120 } = offsets;
    // An ID token of ten minutes, so that it is still one here.
    bench.op.idToken = { claims: { exp: Math.floor(bench.clock.now() / 1000) + 600 } };
    bench.op.clockOffset = atLogin * 1000;
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    bench.clock.advance(5000);
    bench.op.clockOffset = atLogout * 1000;
    await logOut(party, { exp: bench.op.now + life });
    expect(await party.whoIs(agent)).toBeNull();
    bench.clock.advance(1000);
    bench.op.clockOffset = atLogin * 1000;
    await bench.signIn(party, agent);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('two minutes behind: a login dies, too, whose ID token is still on its way', async () => {
    bench.op.clockOffset = -120_000;
    bench.op.idToken = { claims: { iat: bench.op.now, exp: bench.op.now + 600 } };
    const party = await bench.party();
    const tokens = bench.holdTokens();
    const page = new UserAgent().open(`${party.url}/private`);
    await tokens.arrived;
    bench.clock.advance(5000);
    await logOut(party, { exp: bench.op.now + 240 });
    tokens.goOn();
    expect((await page).status).toBe(400);
  });
});

describe('[R62] a logout that arrives while the code is being exchanged', () => {
  const another = { sid: 'op-session-2' };

  async function loginInFlight(party: RelyingParty, logout: () => Promise<unknown>): Promise<[Page, UserAgent]> {
    const agent = new UserAgent();
    const tokens = bench.holdTokens();
    const page = agent.open(`${party.url}/private/page`);
    await tokens.arrived;
    bench.clock.advance(1000);
    await logout();
    bench.clock.advance(1000);
    tokens.goOn();
    return [await page, agent];
  }

  it.each<[string, (party: RelyingParty) => Promise<unknown>]>([
    ['with sid and sub', (party) => logOut(party)],
    ['with sid', (party) => logOut(party, { sub: undefined })],
    ['with sub', (party) => logOut(party, { sid: undefined })],
  ])('%s: no session; a page that says so and has one link to start again [RULE 4.3]', async (_what, logout) => {
    const party = await bench.party();
    const [page, agent] = await loginInFlight(party, () => logout(party));
    expect(page.status).toBe(400);
    expect(page.text).toContain('<h1>You were signed out</h1>');
    expect(page.text).toContain('login_ended');
    expect([...page.text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
      '/auth/login?returnTo=%2Fprivate%2Fpage',
    ]);
    expect(agent.cookies(party.host)).toBe('');
    expect(await party.whoIs(agent)).toBeNull();
    expect(bench.sessions).toEqual([]);
    await bench.signIn(party, agent);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it.each<[string, (party: RelyingParty) => Promise<unknown>]>([
    ['of another sid', (party) => logOut(party, another)],
    ['of that sid, but another user', (party) => logOut(party, { sub: 'bob' })],
    ['of another user', (party) => logOut(party, { sub: 'bob', sid: undefined })],
    ['of another sid, by a frame', (party) => frame(party, 'op-session-2')],
    [
      '[RULE 3.6] of that sid by a frame, while it has no session: an unknown sid leaves nothing',
      (party) => frame(party, 'op-session-1'),
    ],
  ])('%s: signed in', async (_what, logout) => {
    const party = await bench.party();
    const [, agent] = await loginInFlight(party, () => logout(party));
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('by a frame, for a sid that has a session in another browser: both are out', async () => {
    const party = await bench.party();
    const other = await bench.signedIn(party);
    const [page, agent] = await loginInFlight(party, () => frame(party, 'op-session-1'));
    expect([page.status, await party.whoIs(agent), await party.whoIs(other)]).toEqual([400, null, null]);
  });

  it('[RULE 2.4] the mark outlives the longest login', async () => {
    const party = await bench.party({ login: { lifetime: 3600 } });
    bench.op.idToken = { claims: { exp: bench.op.now + 7200 } };
    const agent = new UserAgent();
    const begun = await agent.fetch(`${party.url}/auth/login`);
    const callback = await agent.fetch(begun.headers.get('location') ?? '');
    bench.clock.advance(1000);
    await logOut(party);
    bench.clock.advance(3_599_000);
    bench.op.idToken = { claims: { exp: bench.op.now + 300, iat: bench.op.now - 3600 } };
    const page = await agent.fetch(callback.headers.get('location') ?? '');
    expect([page.status, page.text.includes('login_ended')]).toEqual([400, true]);
  });

  it('[RULE 3.1] sign-out in one tab while another is logging in: that login is dead', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const begun = await agent.fetch(`${party.url}/auth/login?returnTo=/private/other`);
    const callback = await agent.fetch(begun.headers.get('location') ?? '');
    expect(agent.names(party.host)).toHaveLength(2);
    await signOut(party, agent);
    expect(agent.names(party.host)).toEqual([party.client.cookies.logout]);
    const page = await agent.fetch(callback.headers.get('location') ?? '');
    expect([page.status, page.text.includes('login_unknown')]).toEqual([400, true]);
    expect(await party.whoIs(agent)).toBeNull();
    expect(bench.op.at('/token')).toHaveLength(1);
  });
});

describe('[R61] what is slower than a logout', () => {
  it('cannot bring the session back: neither an update, nor a touch, nor the login itself', async () => {
    const store = new MemoryStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    const [record] = (await store.list(party.client.ref, 'ada')) as [SessionRecord];
    bench.clock.advance(1000);
    await logOut(party);
    expect(await store.update({ ...record, tokens: 'renewed', version: record.version + 1 })).toBe(false);
    expect(await store.touch(record.client, record.id, record)).toBe(false);
    expect(await store.create(record)).toBe(false);
    expect(await party.whoIs(agent)).toBeNull();
  });
});

describe('[R60] [RULE 3.1] which sessions end', () => {
  /** One browser for each of these. */
  const browsers = { ada1: ['ada', '1'], 'ada1 again': ['ada', '1'], ada2: ['ada', '2'], bob1: ['bob', '1'] } as const;

  it.each<[string, Record<string, unknown>, string[]]>([
    ['[D3] sid and sub: only that sid, of that user', { sid: '1', sub: 'ada' }, ['ada1', 'ada1 again']],
    ['sid alone: that sid, whoever it is', { sid: '1', sub: undefined }, ['ada1', 'ada1 again', 'bob1']],
    ['[D23] sub alone: all sessions of the user', { sid: undefined, sub: 'ada' }, ['ada1', 'ada1 again', 'ada2']],
    ['a sid with a sub that it does not belong to: none', { sid: '2', sub: 'bob' }, []],
    ['an unknown sid with a known sub: none', { sid: '3', sub: 'ada' }, []],
  ])('%s', async (_what, claims, names) => {
    const party = await bench.party();
    const agents = new Map<string, UserAgent>();
    for (const [name, [sub, sid]] of Object.entries(browsers)) agents.set(name, await bench.signedIn(party, sid, sub));
    await logOut(party, claims);
    for (const [name, agent] of agents)
      expect([name, await party.whoIs(agent)]).toEqual([name, names.includes(name) ? null : name.slice(0, 3)]);
    expect(ended()).toHaveLength(names.length);
  });

  it('[D2] after a logout of the user, a login in one browser brings nobody else back', async () => {
    const party = await bench.party();
    const [a, b] = [await bench.signedIn(party), await bench.signedIn(party)];
    await logOut(party, { sid: undefined });
    bench.clock.advance(1000);
    await bench.signIn(party, a);
    expect([await party.whoIs(a), await party.whoIs(b)]).toEqual(['ada', null]);
  });

  it.each([
    ['no absolute lifetime', { absolute: false, idle: 3600 } as const],
    ['no idle lifetime', { absolute: 3600, idle: false } as const],
  ])('[D4] with %s', async (_what, lifetimes) => {
    const party = await bench.party({ session: lifetimes });
    const agent = await bench.signedIn(party);
    await logOut(party, { sid: undefined });
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('[R60] sessions of an OP that names no sid end by their sub', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    bench.op.sid = undefined;
    await party.login(agent);
    await logOut(party, { sid: 'whatever' });
    expect(await party.whoIs(agent)).toBe('ada');
    await logOut(party);
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('[RULE 3.1] an RP-initiated logout ends that session alone', async () => {
    const party = await bench.party();
    const [one, two] = [await bench.signedIn(party), await bench.signedIn(party)];
    await signOut(party, one);
    expect([await party.whoIs(one), await party.whoIs(two)]).toEqual([null, 'ada']);
  });

  it('[R63] of several nodes with one store, whichever the token came to', async () => {
    const store = new MemoryStore({ clock: bench.clock });
    const one = await bench.party({ session: { store } });
    const two = await bench.party({ session: { store }, baseUrl: one.url });
    const agent = await bench.signedIn(one);
    expect(await two.whoIs(agent)).toBe('ada');
    const token = await bench.token();
    expect((await postToken(two, token)).status).toBe(200);
    expect([await one.whoIs(agent), await two.whoIs(agent)]).toEqual([null, null]);
    expect((await postToken(one, token)).status).toBe(400);
    expect(bench.refused).toBe('logout_token_replayed');
  });

  it('[RULE 1.1] of one client alone, where two share a store, a user and a sid', async () => {
    const store = new MemoryStore({ clock: bench.clock });
    const [one, two] = [
      await bench.party({ session: { store } }),
      await bench.party({ clientId: 'other', session: { store } }),
    ];
    const [a, b] = [await bench.signedIn(one), await bench.signedIn(two)];
    await logOut(one);
    await logOut(one, { sid: undefined });
    expect([await one.whoIs(a), await two.whoIs(b)]).toEqual([null, 'ada']);
  });
});

describe('[R67] one event for each ended session', () => {
  it('with its reason, after all is done', async () => {
    const party = await bench.party();
    for (let browsers = 0; browsers < 3; browsers++) await bench.signedIn(party);
    await logOut(party, { sid: undefined });
    expect(ended()).toHaveLength(3);
    expect(new Set(ended().map(({ session }) => session)).size).toBe(3);
    for (const event of ended())
      expect(event).toMatchObject({
        reason: 'back_channel',
        sub: 'ada',
        client: party.client.ref,
        at: bench.clock.now(),
      });
  });

  it.each<[string, string, (party: RelyingParty, agent: UserAgent) => Promise<unknown>]>([
    ['rp_initiated', 'RP-initiated', signOut],
    ['back_channel', 'back-channel', (party) => logOut(party)],
    ['front_channel', 'front-channel', (party) => frame(party, 'op-session-1')],
    ['new_login', 'a new login in the same browser', (party, agent) => agent.open(`${party.url}/auth/login`)],
  ])('%s: %s', async (reason, _what, act) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    await act(party, agent);
    expect(ended().map((event) => event.reason)).toEqual([reason]);
  });

  it('expired: when it is asked for after its time', async () => {
    const party = await bench.party({ session: { idle: 600 } });
    const agent = await bench.signedIn(party);
    bench.clock.advance(600_000);
    expect(await party.whoIs(agent)).toBeNull();
    expect(ended().map((event) => event.reason)).toEqual(['expired']);
  });

  it('[RULE 8.2] no event shows a sid, and the ids in them are hashes', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party, 'the-sid-itself');
    const id = agent.cookies(party.host).split('=')[1]!;
    await logOut(party);
    const text = JSON.stringify([bench.logouts, bench.sessions]);
    expect(text).not.toContain('the-sid-itself');
    expect(text).not.toContain(id);
    expect(bench.logouts).toContainEqual(expect.objectContaining({ sid: hashOf('the-sid-itself') }));
  });
});

describe('onLogout', () => {
  it('hears which sessions ended, once for each logout that ended any', async () => {
    const heard: LogoutContext[] = [];
    const party = await bench.party({ hooks: { onLogout: (context) => void heard.push(context) } });
    for (let browsers = 0; browsers < 2; browsers++) await bench.signedIn(party, 'one');
    await logOut(party, { sid: 'unknown' });
    await frame(party, 'unknown');
    expect(heard).toEqual([]);
    await logOut(party);
    await logOut(party);
    expect(heard.map(({ reason }) => reason)).toEqual(['back_channel']);
    expect(heard[0]?.sessions).toHaveLength(2);
    expect(heard[0]?.sessions[0]).toMatchObject({ sub: 'ada', sid: 'one', user: { sub: 'ada' } });
  });

  it.each<[string, () => void | Promise<void>]>([
    [
      'throws',
      () => {
        throw new Error('the mailer is down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the mailer is down'))],
  ])('that %s undoes nothing, and is an event', async (_what, onLogout) => {
    const party = await bench.party({ hooks: { onLogout } });
    const agent = await bench.signedIn(party);
    await logOut(party);
    expect(await party.whoIs(agent)).toBeNull();
    expect(bench.logouts.map(({ type }) => type)).toEqual(['hook_failed', 'token_received']);
    expect(bench.logouts[0]).toMatchObject({ message: 'the mailer is down', client: party.client.ref });
  });

  it('is awaited', async () => {
    let done = false;
    const onLogout = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      done = true;
    };
    const party = await bench.party({ hooks: { onLogout } });
    const agent = await bench.signedIn(party);
    await signOut(party, agent);
    expect(done).toBe(true);
  });
});

describe('endSessions, called by a program', () => {
  it('gives back what ended, and throws what a full or a broken store says', async () => {
    const store = breakableStore({ clock: bench.clock, maxMarks: 1 });
    const party = await bench.party({ session: { store } });
    const { client } = party;
    const agent = await bench.signedIn(party);
    const everybody = { client: client.ref, sub: 'ada', iat: bench.op.now };
    store.down.add('end');
    await expect(endSessions(client, everybody, 'local')).rejects.toMatchObject({
      code: 'store_unavailable',
      status: 503,
    });
    expect(await party.whoIs(agent)).toBe('ada');
    store.down.clear();
    const records = await endSessions(client, everybody, 'local');
    expect(records.map(({ sub, sid }) => [sub, sid])).toEqual([['ada', 'op-session-1']]);
    await expect(endSessions(client, { ...everybody, sub: 'bob' }, 'local')).rejects.toMatchObject({
      code: 'store_full',
    });
  });

  it('[RULE 3.6] heaps up no marks by logouts that nobody proved', async () => {
    const store = new MemoryStore({ clock: bench.clock, maxMarks: 3 });
    const party = await bench.party({ session: { store } });
    for (let guess = 0; guess < 10; guess++) await frame(party, `guess-${guess}`);
    expect(await store.ready()).toEqual([]);
    await logOut(party);
  });

  it.each<[string, (party: RelyingParty, record: SessionRecord) => LogoutTarget]>([
    ['a session', ({ client }, { id }) => ({ client: client.ref, sessionId: id })],
    ['a sid', ({ client }) => ({ client: client.ref, sid: 'op-session-1' })],
    ['a sid and its user', ({ client }) => ({ client: client.ref, sid: 'op-session-1', sub: 'ada' })],
    ['a user', ({ client }) => ({ client: client.ref, sub: 'ada', iat: bench.op.now })],
  ])('ends %s', async (_what, targetOf) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const [record] = (await party.client.store.list(party.client.ref, 'ada')) as [SessionRecord];
    expect(await endSessions(party.client, targetOf(party, record), 'local')).toEqual([record]);
    expect(said(await agent.fetch(`${party.url}/who`)).sub).toBeNull();
    expect(jsonOf(await agent.fetch(`${party.url}/public`))).toEqual({ page: '/public' });
  });
});
