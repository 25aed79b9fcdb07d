import { breakableStore } from '../../test/breakable-store.js';
import { LogoutBench, postToken } from '../../test/logout-bench.js';
import { machineOf, refreshesAt, sessionAt, until, visitAt } from '../../test/machines.js';
import type { PartyOptions, RelyingParty } from '../../test/relying-party.js';
import { refusal } from '../../test/refusal.js';
import type { UserAgent } from '../../test/user-agent.js';
import { OidcClient } from '../client/client.js';
import { hashOf } from '../crypto.js';
import { endSessions } from '../logout/end-sessions.js';
import { MemoryStore } from './memory-store.js';
import type { SessionRecord } from './session-store.js';
import type { Session } from './session.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

/** Four machines of one program, and a browser that is signed in at it. */
async function setUp(options: PartyOptions = {}): Promise<{
  party: RelyingParty;
  agent: UserAgent;
  machines: [OidcClient, OidcClient, OidcClient, OidcClient];
}> {
  const party = await bench.party(options);
  const agent = await bench.signedIn(party);
  const more = (): OidcClient => machineOf(party, options);
  return { party, agent, machines: [party.client, more(), more(), more()] };
}

/** The OP's access tokens live for 300 s. */
const due = 280_000;
const expired = 301_000;
const refreshes = (): readonly (string | null)[] => refreshesAt(bench.op);

/** Lets the OP keep each token request until it is let go, by its number. */
function holdEach(): { readonly held: (() => void)[]; readonly stop: () => void } {
  const { server } = bench.op;
  const right = server.handler;
  const held: (() => void)[] = [];
  server.handler = (req, res) => (req.url === '/token' ? void held.push(() => right(req, res)) : right(req, res));
  return { held, stop: () => void (server.handler = right) };
}

describe('[R22] [RULE 2.8] once per session over all machines', () => {
  it('[D8] 20 parallel requests on 4 machines around a refresh: one asks, all get its token, round after round', async () => {
    const { agent, machines } = await setUp();
    const seen = new Set<string>();
    for (let round = 1; round <= 4; round++) {
      bench.clock.advance(round % 2 ? due : expired);
      const tokens = await Promise.all(
        Array.from({ length: 20 }, async (_, n) => (await sessionAt(machines[n % 4]!, agent)).accessToken()),
      );
      expect(new Set(tokens).size).toBe(1);
      seen.add(tokens[0]!);
      expect(refreshes()).toHaveLength(round);
    }
    // A refresh token that was used is refused by this OP, so each round has used the newest.
    expect(seen.size).toBe(4);
    expect(new Set(refreshes()).size).toBe(4);
    expect((await sessionAt(machines[3], agent)).tokens?.refreshToken).not.toBe(refreshes()[3]);
  });

  it('who asks while another machine refreshes waits, asks the OP nothing, and gets the same', async () => {
    const { agent, machines } = await setUp();
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const first = (await sessionAt(machines[0], agent)).accessToken();
    await hold.arrived;
    const others = machines.map(async (machine) => (await sessionAt(machine, agent)).accessToken());
    await until(() => true);
    hold.goOn();
    const token = await first;
    expect(await Promise.all(others)).toEqual([token, token, token, token]);
    expect(refreshes()).toHaveLength(1);
  });

  it('who waits goes on waiting when the program writes something else into the record', async () => {
    const store = breakableStore({ clock: bench.clock });
    const { agent, machines } = await setUp({ session: { store } });
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const first = (await sessionAt(machines[0], agent)).accessToken();
    await hold.arrived;
    const session = await sessionAt(machines[1], agent);
    const { record } = session;
    const looks = (): number => store.calls.get('lock') ?? 0;
    let settled = false;
    const waiting = session.accessToken().finally(() => (settled = true));
    await until(() => looks() === 2);
    expect(await store.update({ ...record, user: { sub: 'eve' }, version: record.version + 1 })).toBe(true);
    await until(() => settled || looks() === 4);
    hold.goOn();
    expect([settled, await waiting]).toEqual([false, await first]);
  });

  it('on one machine one asks the store for all', async () => {
    const store = breakableStore({ clock: bench.clock });
    const { agent, machines } = await setUp({ session: { store } });
    bench.clock.advance(expired);
    const sessions = await Promise.all(Array.from({ length: 20 }, () => sessionAt(machines[0], agent)));
    const tokens = await Promise.all(sessions.map((session) => session.accessToken()));
    expect([new Set(tokens).size, store.calls.get('lock'), store.calls.get('update')]).toEqual([1, 1, 1]);
  });

  it('who waited takes what came, also where it lives for less than was wished', async () => {
    const { agent, machines } = await setUp();
    bench.op.token = { members: { expires_in: 20 } };
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const first = (await sessionAt(machines[0], agent)).accessToken();
    await hold.arrived;
    const second = (await sessionAt(machines[1], agent)).accessToken();
    await until(() => true);
    hold.goOn();
    expect(await second).toBe(await first);
    expect(refreshes()).toHaveLength(1);
  });

  it('who read the session before another machine refreshed it gets the new token, without asking the OP', async () => {
    const { agent, machines } = await setUp();
    const early = await sessionAt(machines[1], agent);
    bench.clock.advance(expired);
    const token = await (await sessionAt(machines[0], agent)).accessToken();
    expect(await early.accessToken()).toBe(token);
    expect(await early.accessToken()).toBe(token);
    expect(refreshes()).toHaveLength(1);
  });

  it('who read it so long before that the other token is due as well refreshes that one', async () => {
    const { agent, machines } = await setUp();
    const early = await sessionAt(machines[1], agent);
    bench.clock.advance(expired);
    const token = await (await sessionAt(machines[0], agent)).accessToken();
    bench.clock.advance(expired);
    expect(await early.accessToken()).not.toBe(token);
    expect(refreshes()).toHaveLength(2);
  });

  it('sessions do not wait for one another', async () => {
    const { party, agent, machines } = await setUp();
    const other = await bench.signedIn(party, 'op-session-2', 'grace');
    bench.clock.advance(expired);
    const { held, stop } = holdEach();
    const ada = (await sessionAt(machines[0], agent)).accessToken();
    const grace = (await sessionAt(machines[0], other)).accessToken();
    await until(() => held.length === 2);
    held[1]!();
    expect(await grace).toContain('of-grace');
    held[0]!();
    expect(await ada).toContain('of-ada');
    stop();
  });
});

describe('[RULE 2.8] who waits for another machine', () => {
  /** A machine that took the lock and died. */
  const dead = ({ client }: RelyingParty, { record }: Session): Promise<unknown> =>
    Promise.resolve(client.store.lock(client.ref, hashOf('refresh', record.id), 20_000));

  it.each([
    ['takes a token that still lives', due, 'old'],
    ['gets 503 when the token has expired', expired, 'op_unreachable'],
  ])('waits at most the timeout, then %s', async (_what, passed, expected) => {
    const { party, agent, machines } = await setUp();
    bench.clock.advance(passed);
    const session = await sessionAt(machines[1], agent);
    const old = session.tokens?.accessToken;
    await dead(party, session);
    let settled = false;
    const asked = session.accessToken().finally(() => (settled = true));
    const outcome = asked
      .then((token) => (token === old ? 'old' : 'new'))
      .catch((error: { code: string }) => error.code);
    await until(() => true);
    bench.clock.advance(4999);
    await until(() => true);
    expect(settled).toBe(false);
    bench.clock.advance(1);
    expect(await outcome).toBe(expected);
    expect(refreshes()).toEqual([]);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('a token that expired while it was waited is served no more', async () => {
    const { party, agent, machines } = await setUp();
    bench.clock.advance(298_000);
    const session = await sessionAt(machines[1], agent);
    await dead(party, session);
    const asked = refusal(() => session.accessToken());
    await until(() => true);
    bench.clock.advance(5000);
    expect(await asked).toMatchObject({ code: 'op_unreachable', status: 503 });
  });

  it('the lock of a machine that died frees itself, and the next to ask refreshes', async () => {
    const { party, agent, machines } = await setUp();
    bench.clock.advance(expired);
    const session = await sessionAt(machines[1], agent);
    await dead(party, session);
    bench.clock.advance(20_001);
    expect(await session.accessToken()).toContain('of-ada');
    expect(refreshes()).toHaveLength(1);
  });
});

describe('[R21] what a refresh brings', () => {
  it('a new refresh token replaces the old one', async () => {
    const { agent, machines } = await setUp();
    const used = [];
    for (let n = 0; n < 3; n++) {
      bench.clock.advance(expired);
      const session = await sessionAt(machines[n]!, agent);
      used.push(session.tokens?.refreshToken);
      await session.accessToken();
      expect(session.tokens?.refreshToken).not.toBe(used.at(-1));
    }
    expect(refreshes()).toEqual(used);
  });

  it('an omitted one keeps the old, and an omitted scope too', async () => {
    const { agent, machines } = await setUp();
    bench.op.rotates = false;
    bench.op.token = { members: { refresh_token: undefined, scope: undefined } };
    const { refreshToken, scope } = (await sessionAt(machines[0], agent)).tokens ?? {};
    for (const machine of machines) {
      bench.clock.advance(expired);
      await (await sessionAt(machine, agent)).accessToken();
    }
    expect(refreshes()).toEqual(Array(4).fill(refreshToken));
    expect((await sessionAt(machines[0], agent)).tokens).toMatchObject({ refreshToken, scope });
  });

  it('an omitted ID token is none of its business; that of the login stays in any case', async () => {
    const { agent, machines } = await setUp();
    const { idToken } = await sessionAt(machines[0], agent);
    for (const members of [{}, { id_token: undefined }]) {
      bench.op.token = { members };
      bench.clock.advance(expired);
      const session = await sessionAt(machines[0], agent);
      await session.accessToken();
      expect(session.idToken).toBe(idToken);
    }
    expect(refreshes()).toHaveLength(2);
  });

  it('without expires_in the token is never refreshed again', async () => {
    const { agent, machines } = await setUp({ session: { idle: false } });
    bench.op.token = { members: { expires_in: undefined } };
    bench.clock.advance(expired);
    const token = await (await sessionAt(machines[0], agent)).accessToken();
    bench.clock.advance(6 * 86_400_000);
    expect(await (await sessionAt(machines[1], agent)).accessToken({ minValidity: 86_400 })).toBe(token);
    expect(refreshes()).toHaveLength(1);
  });

  it.each<[string, object, string]>([
    ['of another user', { sub: 'eve' }, 'id_token_sub'],
    ['of another issuer', { iss: 'https://other.example' }, 'id_token_iss'],
  ])('[R20] an ID token %s: all of it is dropped, and the session stays', async (_what, claims, code) => {
    const { party, agent, machines } = await setUp();
    bench.op.idToken = { claims: { ...claims } };
    bench.op.rotates = false; // the refresh token that comes with it is dropped too
    bench.clock.advance(due);
    const session = await sessionAt(machines[0], agent);
    expect(await session.accessToken()).toBe(session.tokens?.accessToken);
    bench.clock.advance(expired - due);
    const error = await refusal(() => session.accessToken());
    expect(error).toMatchObject({ code: 'op_unreachable', status: 503, cause: { code } });
    expect(refreshes()).toHaveLength(2);
    expect((await sessionAt(machines[1], agent)).record.version).toBe(1);
    expect(await party.whoIs(agent)).toBe('ada');
  });
});

describe('[R21] [R23] invalid_grant', () => {
  const invalidGrant = { status: 400, body: '{"error":"invalid_grant"}' };

  it.each([
    ['400', invalidGrant],
    ['401, as some OPs have it', { ...invalidGrant, status: 401 }],
  ])('%s ends the session, after one more look at the store', async (_what, token) => {
    const store = breakableStore({ clock: bench.clock });
    const { party, agent, machines } = await setUp({ session: { store } });
    bench.op.token = token;
    bench.clock.advance(due);
    const session = await sessionAt(machines[2], agent);
    const reads = store.calls.get('read') ?? 0;
    const error = await refusal(() => session.accessToken());
    expect(error).toMatchObject({ code: 'login_required', status: 401 });
    expect((store.calls.get('read') ?? 0) - reads).toBe(2);
    expect(bench.sessions.filter(({ type }) => type === 'ended')).toMatchObject([
      { reason: 'refresh_refused', session: session.record.id, sub: 'ada' },
    ]);
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('after a refresh on a machine whose lock had run out: the newer tokens are the result, and the session lives', async () => {
    const { party, agent, machines } = await setUp();
    bench.clock.advance(expired);
    const { held, stop } = holdEach();
    const slow = (await sessionAt(machines[0], agent)).accessToken();
    await until(() => held.length === 1);
    bench.clock.advance(20_001);
    const late = (await sessionAt(machines[1], agent)).accessToken();
    await until(() => held.length === 2);
    held[0]!();
    const token = await slow;
    held[1]!();
    expect(await late).toBe(token);
    stop();
    expect(new Set(refreshes()).size).toBe(1);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it.each(['invalid_client', 'invalid_request', 'unauthorized_client', 'something_else'])(
    '%s is no invalid_grant: the session stays',
    async (error) => {
      const { party, agent, machines } = await setUp();
      bench.op.token = { status: 400, body: JSON.stringify({ error }) };
      bench.clock.advance(expired);
      const session = await sessionAt(machines[0], agent);
      const cause = { code: 'token_endpoint_error', message: `The token endpoint answered 400 with "${error}".` };
      expect(await refusal(() => session.accessToken())).toMatchObject({ code: 'op_unreachable', cause });
      expect(await party.whoIs(agent)).toBe('ada');
    },
  );
});

describe('[R23] an OP that does not answer as it should', () => {
  it.each<[string, () => void | Promise<void>]>([
    ['is down', () => bench.op.stop()],
    ['answers 500', () => void (bench.op.token = { status: 500 })],
    ['answers 503', () => void (bench.op.token = { status: 503 })],
    ['answers 429', () => void (bench.op.token = { status: 429 })],
    ['redirects', () => void (bench.op.token = { status: 302, headers: { location: '/elsewhere' } })],
    ['answers in HTML', () => void (bench.op.token = { headers: { 'content-type': 'text/html' } })],
    ['answers a 400 in HTML', () => void (bench.op.token = { status: 400, body: '<h1>No</h1>' })],
    ['answers half a JSON', () => void (bench.op.token = { body: '{"access_token":' })],
    ['answers an access token of another type', () => void (bench.op.token = { members: { token_type: 'MAC' } })],
    ['answers no access token', () => void (bench.op.token = { members: { access_token: undefined } })],
    ['signs with a key that it does not publish', () => void (bench.op.idToken = { sign: { kid: 'unknown' } })],
  ])(
    '%s: the session stays, a token that lives is served, an expired one is 503; then all goes on',
    async (_what, spoil) => {
      const { party, agent, machines } = await setUp();
      bench.op.rotates = false; // what this OP keeps to itself when it fails would otherwise be lost with its answer
      await spoil();
      bench.clock.advance(due);
      const [session, other] = [await sessionAt(machines[0], agent), await sessionAt(machines[1], agent)];
      expect(await session.accessToken()).toBe(session.tokens?.accessToken);
      bench.clock.advance(expired - due);
      expect(await refusal(() => session.accessToken())).toMatchObject({
        code: expect.stringMatching(/^op_unr|^no_us/) as string,
        status: 503,
      });
      expect(bench.sessions.filter(({ type }) => type === 'ended')).toEqual([]);
      await bench.op.stop();
      expect(await party.whoIs(agent)).toBe('ada');
      await bench.op.listen();
      bench.op.straighten();
      bench.clock.advance(20_000);
      expect(await other.accessToken()).toContain('access-token-of-ada');
    },
  );

  it('is slow: who asks waits for the timeout and no longer', async () => {
    const { party, agent, machines } = await setUp({ http: { timeout: 200 } });
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const session = await sessionAt(machines[1], agent);
    expect(await refusal(() => session.accessToken())).toMatchObject({
      code: 'op_unreachable',
      message: expect.stringContaining('no whole answer within 200 ms') as string,
    });
    hold.goOn();
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('[D6] for an hour: nobody who does not ask notices, and nobody is signed out', async () => {
    const { party, agent } = await setUp();
    await bench.op.stop();
    for (let minute = 0; minute < 60; minute++) {
      bench.clock.advance(60_000);
      expect(await party.whoIs(agent)).toBe('ada');
    }
    await bench.op.listen();
    expect(await (await sessionAt(party.client, agent)).accessToken()).toContain('of-ada');
  });
});

describe('[RULE 2.8] a request that does not ask for the access token', () => {
  it('is served while the token endpoint keeps silent, also when the token has expired', async () => {
    const { party, agent, machines } = await setUp();
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const asking = (await sessionAt(machines[0], agent)).accessToken();
    await hold.arrived;
    expect(await party.whoIs(agent)).toBe('ada');
    const session = await visitAt(machines[1], agent).session();
    expect([session?.user, session?.claims?.sub]).toMatchObject([{ sub: 'ada' }, 'ada']);
    hold.goOn();
    await asking;
    expect(refreshes()).toHaveLength(1);
  });

  it('asks the OP nothing, ever', async () => {
    const { party, agent } = await setUp();
    bench.op.requests.length = 0;
    bench.clock.advance(expired);
    await party.whoIs(agent);
    expect(bench.op.requests).toEqual([]);
  });
});

describe('[R61] [RULE 2.8] a logout during the refresh', () => {
  const ways: [string, (party: RelyingParty, agent: UserAgent) => Promise<unknown>][] = [
    ['back-channel', async (party) => postToken(party, await bench.token())],
    [
      'RP-initiated',
      (party, agent) =>
        agent.fetch(`${party.url}/auth/logout`, { form: '', headers: { 'sec-fetch-site': 'same-origin' } }),
    ],
    [
      'front-channel',
      (party, agent) =>
        agent.fetch(`${party.url}/auth/frontchannel-logout?iss=${bench.op.issuer}&sid=op-session-1`, {
          headers: { 'sec-fetch-dest': 'iframe' },
        }),
    ],
  ];

  it.each(ways)('%s: the session stays ended, and its tokens are dropped', async (_way, logout) => {
    const { party, agent, machines } = await setUp();
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const session = await sessionAt(machines[0], agent);
    const copy = agent.cookies(party.host);
    const asking = refusal(() => session.accessToken());
    await hold.arrived;
    await logout(party, agent);
    hold.goOn();
    expect(await asking).toMatchObject({ code: 'login_required', status: 401 });
    agent.setCookie(party.host, party.client.cookies.session, copy.split('=')[1]!);
    expect(await party.whoIs(agent)).toBeNull();
    expect(bench.sessions.filter(({ type }) => type === 'ended')).toHaveLength(1);
    expect(bench.op.at('/revoke')).toEqual([]);
  });

  it('[R56] where revocation is asked for, the new refresh token goes back too', async () => {
    const { party, agent, machines } = await setUp({ logout: { revoke: true } });
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const session = await sessionAt(machines[0], agent);
    const asking = refusal(() => session.accessToken());
    await hold.arrived;
    await endSessions(party.client, { client: party.client.ref, sessionId: session.record.id }, 'local');
    hold.goOn();
    await asking;
    await until(() => bench.logouts.some(({ type }) => type === 'tokens_revoked'));
    const [given, ...more] = bench.op.at('/revoke').map(({ parameters }) => parameters.get('token'));
    expect(given).toMatch(/^refresh-token-/);
    expect([given === session.tokens?.refreshToken, more]).toEqual([false, []]);
  });

  it('an answer of invalid_grant then ends nothing a second time', async () => {
    const { party, agent, machines } = await setUp();
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const session = await sessionAt(machines[0], agent);
    const asking = refusal(() => session.accessToken());
    await hold.arrived;
    await postToken(party, await bench.token());
    bench.op.token = { status: 400, body: '{"error":"invalid_grant"}' };
    hold.goOn();
    expect((await asking).code).toBe('login_required');
    expect(bench.sessions.filter(({ type }) => type === 'ended')).toMatchObject([{ reason: 'back_channel' }]);
  });
});

describe('[R21] [R61] writing the new tokens', () => {
  it('keeps what the program changed meanwhile: neither write is lost', async () => {
    const { party, agent, machines } = await setUp();
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const session = await sessionAt(machines[0], agent);
    const asking = session.accessToken();
    await hold.arrived;
    const changed = { ...session.record, user: { sub: 'ada', theme: 'dark' }, version: 2 };
    expect(await party.client.store.update(changed)).toBe(true);
    hold.goOn();
    const token = await asking;
    const now = await sessionAt(machines[1], agent);
    expect([now.user, now.tokens?.accessToken, now.record.version]).toEqual([{ sub: 'ada', theme: 'dark' }, token, 3]);
  });

  it('also in the moment before the write', async () => {
    /** Lets somebody else be faster, once. */
    class Contested extends MemoryStore {
      #pending = true;
      override async update(record: SessionRecord): Promise<boolean> {
        if (this.#pending) {
          this.#pending = false;
          const { client, id } = record;
          await super.update({
            ...(await super.read(client, id))!,
            user: { sub: 'ada', theme: 'dark' },
            version: record.version,
          });
        }
        return super.update(record);
      }
    }
    const { agent, machines } = await setUp({ session: { store: new Contested({ clock: bench.clock }) } });
    bench.clock.advance(expired);
    const token = await (await sessionAt(machines[0], agent)).accessToken();
    const now = await sessionAt(machines[1], agent);
    expect([now.user, now.tokens?.accessToken]).toEqual([{ sub: 'ada', theme: 'dark' }, token]);
  });

  it('[R45] does not shorten the life of a session that was used meanwhile', async () => {
    const { party, agent, machines } = await setUp();
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const session = await sessionAt(machines[0], agent);
    const asking = session.accessToken();
    await hold.arrived;
    bench.clock.advance(61_000);
    await party.whoIs(agent);
    hold.goOn();
    await asking;
    expect(session.record.usedAt).toBe(bench.clock.now());
  });

  it('[RULE 2.6] asks a store that fails again: nobody else has these tokens', async () => {
    const store = breakableStore({ clock: bench.clock });
    const { agent, machines } = await setUp({ session: { store } });
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const asking = (await sessionAt(machines[0], agent)).accessToken();
    await hold.arrived;
    store.down.add('update');
    hold.goOn();
    await until(() => (store.calls.get('update') ?? 0) >= 2);
    store.down.clear();
    const token = await asking;
    expect((await sessionAt(machines[1], agent)).tokens?.accessToken).toBe(token);
    expect(refreshes()).toHaveLength(1);
  });

  it('[RULE 2.6] gives up after the timeout with 503; the session is not ended for it', async () => {
    const store = breakableStore({ clock: bench.clock });
    const { party, agent, machines } = await setUp({ session: { store } });
    bench.clock.advance(expired);
    const hold = bench.holdTokens();
    const session = await sessionAt(machines[0], agent);
    const asking = refusal(() => session.accessToken());
    await hold.arrived;
    store.down.add('all');
    hold.goOn();
    await until(() => (store.calls.get('read') ?? 0) > 4);
    bench.clock.advance(5000);
    expect(await asking).toMatchObject({ code: 'store_unavailable', status: 503 });
    store.down.clear();
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it.each(['lock', 'read', 'recall', 'now'] as const)(
    '[RULE 2.6] a store that fails at %s: 503, and the OP is not asked',
    async (method) => {
      const store = breakableStore({ clock: bench.clock });
      const { party, agent, machines } = await setUp({ session: { store } });
      bench.clock.advance(expired);
      const session = await sessionAt(machines[0], agent);
      store.down.add(method);
      expect(await refusal(() => session.accessToken())).toMatchObject({ code: 'store_unavailable', status: 503 });
      store.down.clear();
      expect(refreshes()).toEqual([]);
      expect(await session.accessToken()).toContain('of-ada');
      expect(await party.whoIs(agent)).toBe('ada');
    },
  );
});
