import { randomBytes } from 'node:crypto';
import { breakableStore } from '../../test/breakable-store.js';
import { LogoutBench, postToken } from '../../test/logout-bench.js';
import { machineOf, sessionAt, visitAt } from '../../test/machines.js';
import { refusal } from '../../test/refusal.js';
import { optionsFor, secret, type PartyOptions, type RelyingParty } from '../../test/relying-party.js';
import { UserAgent, type Page } from '../../test/user-agent.js';
import { OidcClient } from '../client/client.js';
import { subscribe } from '../events.js';
import { authorize } from '../login/authorize.js';
import type { SessionDraft } from './carrier.js';
import { readCookies } from './cookies.js';
import { MemoryStore } from './memory-store.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

const cookie = { sealed: true };
const day = 86_400_000;

function sealedParty({ session, ...options }: PartyOptions = {}): Promise<RelyingParty> {
  return bench.party({ ...options, session: { cookie, ...session } });
}

/** A program whose users take up so many characters, random ones: what is sealed is not compressed, but who knows. */
function partyWithUsersOf(size: () => number): Promise<RelyingParty> {
  const onLogin = (): unknown => ({ more: randomBytes(Math.ceil(size() / 2)).toString('hex') });
  return sealedParty({ hooks: { onLogin } });
}

/** The session's cookies in a browser: names and values in their order. */
function sessionCookies({ client, host }: RelyingParty, agent: UserAgent): [string, string][] {
  const cookies = readCookies(agent.cookies(host));
  const own = cookies.names().filter((name) => name === client.cookies.session || client.cookies.isChunk(name));
  return own.map((name) => [name, cookies.one(name) ?? '']);
}

/** A browser with the same cookies, as a thief has it. */
function copyOf(party: RelyingParty, agent: UserAgent): UserAgent {
  const copy = new UserAgent();
  for (const [name, value] of sessionCookies(party, agent)) copy.setCookie(party.host, name, value);
  return copy;
}

/** The browser's cookies as they come, changed by name. */
function headerOf(party: RelyingParty, agent: UserAgent, change: Record<string, string | undefined> = {}): string {
  const all = { ...Object.fromEntries(sessionCookies(party, agent)), ...change };
  return Object.entries(all)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
    .join('; ');
}

const setBy = (page: Page): string[] => page.headers.getSetCookie();
const draftFor = (client: OidcClient, now: number): SessionDraft => ({
  client: client.ref,
  sub: 'ada',
  createdAt: now,
  iat: Math.floor(now / 1000),
  startedAt: now,
  usedAt: now,
  expiresAt: now + day,
  user: { sub: 'ada' },
});

describe('[RULE 2.2] a session whole in the cookie', () => {
  it('signs in without a session in the store, whose part it is to remember logouts', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await sealedParty({ session: { store } });
    const agent = await bench.signedIn(party);
    expect(agent.names(party.host)).toEqual([party.client.cookies.session]);
    expect(await party.whoIs(agent)).toBe('ada');
    for (const method of ['create', 'read', 'update', 'touch', 'end', 'list'])
      expect([method, store.calls.get(method)]).toEqual([method, undefined]);
  });

  it('holds the access token and the ID token, and no refresh token', async () => {
    const party = await sealedParty();
    const { tokens, claims } = await sessionAt(party.client, await bench.signedIn(party));
    expect(Object.keys(tokens ?? {}).sort()).toEqual(['accessToken', 'expiresAt', 'idToken', 'scope']);
    expect([tokens?.accessToken, claims?.sub]).toEqual([expect.stringContaining('access-token-of-ada'), 'ada']);
  });

  it('[R42] nothing of it can be read: neither tokens nor user, in text or in base64', async () => {
    const party = await sealedParty();
    const agent = await bench.signedIn(party);
    const { tokens } = await sessionAt(party.client, agent);
    const sealed = sessionCookies(party, agent)
      .map(([, value]) => value)
      .join('');
    const decoded = Buffer.from(sealed.slice(2), 'base64url').toString('latin1');
    for (const text of [
      tokens?.accessToken ?? '',
      tokens?.idToken ?? '',
      'access-token',
      'op-session-1',
      bench.op.issuer,
    ]) {
      expect(sealed + decoded).not.toContain(text);
      expect(sealed).not.toContain(Buffer.from(text).toString('base64url').slice(0, -2));
    }
  });

  it('[R43] its cookies are __Host-, Secure, HttpOnly, Lax, of all paths, and live as long as it', async () => {
    const client = new OidcClient(
      optionsFor(bench.op.issuer, 'https://app.example', { clock: bench.clock, session: { cookie, idle: 3600 } }),
    );
    const now = bench.clock.now();
    const draft = { ...draftFor(client, now), expiresAt: now + 3_600_000 };
    const started = await client.carrier.start(draft, { idToken: 'x'.repeat(6000), accessToken: 'y' }, readCookies(''));
    const names = [client.cookies.session, client.cookies.chunk(1), client.cookies.chunk(2)];
    expect(names[0]).toMatch(/^__Host-latchkey-/);
    expect(started?.cookies.map((line) => line.replace(/=[^;]*/, ''))).toEqual(
      names.map((name) => `${name}; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax`),
    );
  });

  it('with persistent: false they go with the window', async () => {
    const party = await sealedParty({ session: { cookie: { sealed: true, persistent: false } } });
    const { ref } = party.client;
    const started = await party.client.carrier.start(
      { ...draftFor(party.client, bench.clock.now()), client: ref },
      { idToken: 'x', accessToken: 'y' },
      readCookies(''),
    );
    expect(started?.cookies.join()).not.toMatch(/max-age|expires/i);
  });

  it('anonymous requests get none, and ask the store nothing', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await sealedParty({ session: { store } });
    store.calls.clear();
    const page = await new UserAgent().fetch(`${party.url}/who`);
    expect([setBy(page), [...store.calls.keys()]]).toEqual([[], []]);
  });

  it('[R46] a store that fails is no anonymous user, and takes no cookie', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await sealedParty({ session: { store } });
    const agent = await bench.signedIn(party);
    store.down.add('isMarked');
    const page = await agent.fetch(`${party.url}/who`);
    expect([page.status, page.headers.get('retry-after'), setBy(page)]).toEqual([503, '5', []]);
    store.down.clear();
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('[R44] a new login takes its place: the old cookie opens nothing more, wherever it is', async () => {
    const party = await sealedParty();
    const agent = await bench.signedIn(party);
    const old = copyOf(party, agent);
    const first = await sessionAt(party.client, agent);
    await agent.open(`${party.url}/auth/login`);
    expect((await sessionAt(party.client, agent)).record.id).not.toBe(first.record.id);
    expect(await party.whoIs(old)).toBeNull();
  });
});

describe('[R45] lifetimes', () => {
  it.each([
    ['idle', { idle: 3600, absolute: false as const }, 3_600_000],
    ['absolute', { idle: false as const, absolute: 7200 }, 7_200_000],
  ])('%s: the session ends to the millisecond, also in a cookie that stays', async (_what, session, life) => {
    const party = await sealedParty({ session });
    const agent = await bench.signedIn(party);
    const copy = copyOf(party, agent);
    bench.clock.advance(life - 1);
    expect(await party.whoIs(agent)).toBe('ada');
    bench.clock.advance(1);
    expect(await party.whoIs(copy)).toBeNull();
  });

  it('its use is noted once a minute, by new cookies; they bring a later end, but no later than the absolute one', async () => {
    const party = await sealedParty({ session: { idle: 3600, absolute: 7200 } });
    const agent = await bench.signedIn(party);
    const start = bench.clock.now();
    const ends: number[] = [];
    for (let minute = 1; minute <= 119; minute++) {
      bench.clock.advance(59_999);
      expect(setBy(await agent.fetch(`${party.url}/who`))).toEqual([]);
      bench.clock.advance(1);
      const lines = setBy(await agent.fetch(`${party.url}/who`));
      expect(lines).toHaveLength(1);
      ends.push((await sessionAt(party.client, agent)).expiresAt.getTime() - start);
      expect(lines[0]).toContain(`Max-Age=${Math.min(3600, 7200 - minute * 60)};`);
    }
    expect(ends.slice(0, 2)).toEqual([3_660_000, 3_720_000]);
    expect(Math.max(...ends)).toBe(7_200_000);
    bench.clock.advance(60_000);
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('a use changes neither id, nor times of the login, nor tokens', async () => {
    const party = await sealedParty();
    const agent = await bench.signedIn(party);
    const before = await sessionAt(party.client, agent);
    bench.clock.advance(60_000);
    await party.whoIs(agent);
    const after = await sessionAt(party.client, agent);
    const { usedAt: _used, expiresAt: _end, ...same } = before.record;
    expect(after.record).toMatchObject(same);
    expect([after.record.usedAt, after.tokens]).toEqual([bench.clock.now(), before.tokens]);
  });
});

describe('[R60] [R61] logout', () => {
  type Logout = (party: RelyingParty, agent: UserAgent) => Promise<Page>;
  const framed = { 'sec-fetch-dest': 'iframe', 'sec-fetch-mode': 'navigate' };
  const frontChannel = (party: RelyingParty, agent: UserAgent, sid = 'op-session-1'): Promise<Page> =>
    agent.fetch(
      `${party.url}/auth/frontchannel-logout?${new URLSearchParams({ iss: bench.op.issuer, sid }).toString()}`,
      {
        headers: framed,
      },
    );
  const signOut = (party: RelyingParty, agent: UserAgent): Promise<Page> =>
    agent.fetch(`${party.url}/auth/logout`, { form: '', headers: { 'sec-fetch-site': 'same-origin' } });
  const backChannel =
    (claims: object): Logout =>
    async (party) =>
      postToken(party, await bench.token({ ...claims }));

  it.each<[string, Logout]>([
    ['back-channel, by sid', backChannel({ sub: undefined })],
    ['back-channel, by sub', backChannel({ sid: undefined })],
    ['back-channel, by sid and sub', backChannel({})],
    ['RP-initiated', signOut],
    ['front-channel, where its cookie comes', frontChannel],
  ])('%s: the session ends, in every copy of its cookie, and at every machine of the store', async (_way, logout) => {
    const party = await sealedParty();
    const agent = await bench.signedIn(party);
    const copy = copyOf(party, agent);
    const other = machineOf(party, { session: { cookie } });
    expect(await visitAt(other, copy).session()).toBeDefined();
    expect((await logout(party, agent)).status).toBe(200);
    expect([await party.whoIs(agent), await party.whoIs(copy)]).toEqual([null, null]);
    expect(await visitAt(other, copy).session()).toBeUndefined();
    bench.clock.advance(61_000);
    await bench.signIn(party, agent);
    expect([await party.whoIs(agent), await party.whoIs(copy)]).toEqual(['ada', null]);
  });

  it.each<[string, Logout]>([
    ['back-channel, of another sid', backChannel({ sid: 'op-session-2' })],
    ['back-channel, of the sid of another user', backChannel({ sub: 'eve' })],
    ['back-channel, of another user', backChannel({ sub: 'eve', sid: undefined })],
    ['front-channel, of another sid', (party, agent) => frontChannel(party, agent, 'op-session-2')],
    ['front-channel, without its cookie', (party) => frontChannel(party, new UserAgent())],
    ['RP-initiated, in another browser', async (party) => signOut(party, await bench.signedIn(party, 'op-session-1'))],
  ])('%s: the session stays', async (_way, logout) => {
    const party = await sealedParty();
    const agent = await bench.signedIn(party);
    bench.clock.advance(1);
    expect((await logout(party, agent)).status).toBe(200);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('RP-initiated: its cookies are deleted, chunks too', async () => {
    const party = await partyWithUsersOf(() => 7000);
    const agent = new UserAgent();
    await party.login(agent);
    expect(sessionCookies(party, agent)).toHaveLength(3);
    await signOut(party, agent);
    expect(agent.names(party.host)).toEqual([party.client.cookies.logout]);
  });

  it('[RULE 2.2] one event for each logout, none for each session', async () => {
    const party = await sealedParty();
    const agent = await bench.signedIn(party);
    await postToken(party, await bench.token());
    await bench.signIn(party, agent, 'op-session-2');
    await signOut(party, agent);
    expect(bench.logouts.map(({ type }) => type)).toEqual(['token_received', 'requested']);
    expect(bench.sessions.map(({ type }) => type)).toEqual(['created', 'ended', 'created', 'ended']);
  });

  it('[R62] a login in flight when the logout comes leads to no session', async () => {
    const party = await sealedParty();
    const agent = new UserAgent();
    const hold = bench.holdTokens();
    const login = party.login(agent);
    await hold.arrived;
    await postToken(party, await bench.token());
    hold.goOn();
    const page = await login;
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('login_ended')]);
    expect(sessionCookies(party, agent)).toEqual([]);
  });

  it.each([
    ['idle the shorter', { idle: 3600, absolute: 7200 }, 3600],
    ['absolute the shorter', { idle: 7200, absolute: 3600 }, 3600],
    ['[D4] no absolute one', { idle: 3600, absolute: false as const }, 3600],
    ['no idle one', { idle: false as const, absolute: 7200 }, 7200],
  ])('[RULE 2.4] a mark outlives the sessions that it refuses: lifetimes with %s', async (_what, session, life) => {
    const party = await sealedParty({ session, login: { lifetime: 600 }, clockTolerance: 30 });
    expect(party.client.carrier.markLife).toBe((life + 600 + 30) * 1000);
    const agent = await bench.signedIn(party);
    const copy = copyOf(party, agent);
    await postToken(party, await bench.token());
    for (let passed = 0; passed < life; passed += 600) {
      expect(await party.whoIs(copy)).toBeNull();
      bench.clock.advance(600_000);
    }
    expect(await party.whoIs(copy)).toBeNull();
  });

  it('a store too full to remember it: the logout fails, loudly, and can be sent again', async () => {
    const party = await sealedParty({ session: { store: new MemoryStore({ clock: bench.clock, maxMarks: 1 }) } });
    const agent = await bench.signedIn(party);
    expect((await postToken(party, await bench.token({ sid: 'another' }))).status).toBe(200);
    const page = await postToken(party, await bench.token());
    expect([page.status, page.text]).toEqual([400, '{"error":"temporarily_unavailable"}']);
    expect(await party.whoIs(agent)).toBe('ada');
  });
});

describe('[RULE 2.7] a store that began anew', () => {
  it('and counts from when it is first asked: no login begins before that', async () => {
    const memory = new MemoryStore({ clock: bench.clock });
    let epoch: number | undefined;
    // As Redis does, whose first moment is made by whoever asks for a mark.
    const isMarked: MemoryStore['isMarked'] = async (session) => {
      epoch ??= bench.clock.now();
      return { ...(await memory.isMarked(session)), epoch };
    };
    const store = new Proxy(memory, {
      get: (target, name) => {
        const member: unknown = name === 'isMarked' ? isMarked : Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
    const party = await sealedParty({ session: { store } });
    bench.clock.advance(60_000);
    const { login } = await authorize(party.client);
    expect([epoch, login.createdAt]).toEqual([bench.clock.now(), bench.clock.now()]);
    bench.clock.advance(5_000);
    const agent = await bench.signedIn(party);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('has forgotten logouts, so it trusts no session from before; those after it are fine', async () => {
    const party = await sealedParty();
    const agent = await bench.signedIn(party);
    bench.clock.advance(1);
    const restarted = machineOf(party, { session: { cookie, store: new MemoryStore({ clock: bench.clock }) } });
    expect(await visitAt(restarted, agent).session()).toBeUndefined();
    expect(await party.whoIs(agent)).toBe('ada');
    const tokens = { idToken: 'x', accessToken: 'y' };
    const draft = draftFor(restarted, bench.clock.now());
    expect(await restarted.carrier.start(draft, tokens, readCookies(''))).toBeDefined();
  });

  it('[R62] nor a login that began before it', async () => {
    const party = await sealedParty();
    const { login } = await authorize(party.client);
    bench.clock.advance(1);
    const restarted = machineOf(party, { session: { cookie, store: new MemoryStore({ clock: bench.clock }) } });
    const draft = draftFor(restarted, login.createdAt);
    const tokens = { idToken: 'x', accessToken: 'y' };
    expect(await restarted.carrier.start(draft, tokens, readCookies(''))).toBeUndefined();
  });
});

describe('[R47] secrets', () => {
  const next = 'the next secret, also of more than 32 bytes';

  it('the old one opens while it is listed; a use seals under the first; then the old one can go', async () => {
    const party = await sealedParty();
    const agent = await bench.signedIn(party);
    const before = copyOf(party, agent);
    const both = machineOf(party, { session: { cookie, secret: [next, secret] } });
    const after = machineOf(party, { session: { cookie, secret: next } });
    expect(await visitAt(after, agent).session()).toBeUndefined();
    bench.clock.advance(60_000);
    const visit = visitAt(both, agent);
    expect((await visit.session())?.sub).toBe('ada');
    for (const line of visit.takeCookies()) {
      const [name = '', value = ''] = line.split(';')[0]!.split(/=(.*)/s);
      agent.setCookie(party.host, name, value);
    }
    expect((await sessionAt(after, agent)).sub).toBe('ada');
    expect(await party.whoIs(agent)).toBeNull();
    expect(await visitAt(after, before).session()).toBeUndefined();
  });

  it('and back again: a machine that lists the new one second opens what another seals under it', async () => {
    const party = await sealedParty({ session: { secret: [next, secret] } });
    const agent = await bench.signedIn(party);
    expect((await sessionAt(machineOf(party, { session: { cookie, secret: [secret, next] } }), agent)).sub).toBe('ada');
  });
});

describe('a cookie that was opened before', () => {
  it('[R47] opens no more once the secret that sealed it is taken out of use, and again when it is back', async () => {
    const next = 'the next secret, also of more than 32 bytes';
    const party = await sealedParty();
    const agent = await bench.signedIn(party);
    const seen = [];
    for (const session of [[secret], [next, secret], [next], [next, secret]]) {
      party.client.replaceSecrets({ session });
      for (let n = 0; n < 2; n++) seen.push((await visitAt(party.client, agent).session())?.sub);
    }
    expect(seen).toEqual(['ada', 'ada', 'ada', 'ada', undefined, undefined, 'ada', 'ada']);
  });

  it('is opened once, and what it holds cannot be changed for the requests that come after', async () => {
    const party = await sealedParty();
    const agent = await bench.signedIn(party);
    const machine = machineOf(party, { session: { cookie } });
    const open = jest.spyOn(machine.sealer, 'open');
    const [first, second] = [await sessionAt(machine, agent), await sessionAt(machine, agent)];
    expect(open).toHaveBeenCalledTimes(1);
    expect(second.user).toBe(first.user);
    expect(() => Object.assign(first.user, { sub: 'eve' })).toThrow(TypeError);
    expect(() => Object.assign(first.tokens!, { idToken: 'x' })).toThrow(TypeError);
  });

  it('is no session when another of its length and its end comes', async () => {
    const party = await sealedParty();
    const agent = await bench.signedIn(party);
    expect((await visitAt(party.client, agent).session())?.sub).toBe('ada');
    const [[name = '', value = ''] = []] = sessionCookies(party, agent);
    const middle = value.length >> 1;
    const flipped = value.slice(0, middle) + (value[middle] === 'A' ? 'B' : 'A') + value.slice(middle + 1);
    agent.setCookie(party.host, name, flipped);
    expect(await visitAt(party.client, agent).session()).toBeUndefined();
    agent.setCookie(party.host, name, value);
    expect((await visitAt(party.client, agent).session())?.sub).toBe('ada');
  });
});

describe('[D11] chunks', () => {
  it('come and go with the size of the session, and leave no orphans', async () => {
    let size = 0;
    const party = await partyWithUsersOf(() => size);
    const agent = new UserAgent();
    const counts = [];
    for (size of [10, 7000, 2500, 7000, 10, 2500, 10]) {
      await agent.open(`${party.url}/auth/login?returnTo=/private`);
      counts.push(sessionCookies(party, agent).length);
      const user = (await sessionAt(party.client, agent)).user as unknown as { more: string };
      expect(user.more).toHaveLength(size);
    }
    expect(counts).toEqual([1, 3, 2, 3, 1, 2, 1]);
  });

  it('12 chunks, of whoever made them, to 1', async () => {
    const party = await sealedParty();
    const agent = new UserAgent();
    for (let n = 1; n <= 12; n++) agent.setCookie(party.host, party.client.cookies.chunk(n), 'x'.repeat(100));
    await bench.signIn(party, agent);
    expect(agent.names(party.host)).toEqual([party.client.cookies.session]);
  });

  it('each is a cookie that browsers keep, and all together pass as headers of 16 KB', async () => {
    const party = await partyWithUsersOf(() => 7000);
    const agent = new UserAgent();
    await party.login(agent);
    bench.clock.advance(60_000);
    const lines = setBy(await agent.fetch(`${party.url}/who`));
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(4096);
    expect(agent.cookies(party.host).length).toBeLessThan(12_000);
  });

  it('a session too big for three is refused with an error that names the option, and nothing is set', async () => {
    const party = await partyWithUsersOf(() => 8000);
    const agent = new UserAgent();
    const page = await party.login(agent);
    expect(page.status).toBe(500);
    expect(page.text).toContain(
      'invalid_option: Option session.cookie.sealed: expected a session of at most 11400 characters',
    );
    expect(page.text).toContain('Let onLogin return less, or keep sessions in a store.');
    expect(agent.names(party.host)).toEqual([]);
  });

  it('a session of over 8 KB is worth one warning for each client, that names the way out', async () => {
    const told: string[] = [];
    const unsubscribe = subscribe(
      'latchkey:provider',
      (event) => void (event.type === 'warning' && told.push(event.message)),
    );
    let size = 5000;
    const party = await partyWithUsersOf(() => size);
    const agent = new UserAgent();
    const warnings = (): string[] => told.filter((text) => text.includes('8 KB'));
    for (size of [1000, 3500]) await agent.open(`${party.url}/auth/login?returnTo=/private`);
    expect(warnings()).toEqual([]);
    for (size of [7000, 7000]) await agent.open(`${party.url}/auth/login?returnTo=/private`);
    unsubscribe();
    expect(warnings()).toEqual([
      'A sealed session takes more than 8 KB of cookies, which many proxies refuse. Let onLogin return less, or keep sessions in a store.',
    ]);
  });
});

describe('crafted cookies are nobody', () => {
  let party: RelyingParty;
  let agent: UserAgent;
  const read = async (header: string): Promise<string | undefined> =>
    (await party.client.carrier.read(readCookies(header)))?.record.sub;
  beforeEach(async () => {
    party = await partyWithUsersOf(() => 7000);
    agent = new UserAgent();
    await party.login(agent);
    expect(await read(headerOf(party, agent))).toBe('ada');
  });
  const named = (): { session: string; one: string; two: string } => {
    const { cookies } = party.client;
    return { session: cookies.session, one: cookies.chunk(1), two: cookies.chunk(2) };
  };

  it('[R42] every bit flip that was tried', async () => {
    for (const [name, value] of sessionCookies(party, agent)) {
      for (let at = 0; at < value.length; at += 97) {
        const flipped = value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1);
        expect(await read(headerOf(party, agent, { [name]: flipped }))).toBeUndefined();
      }
    }
  });

  it.each<[string, (cookies: readonly string[]) => Record<string, string | undefined>]>([
    ['the first chunk missing', () => ({ [named().session]: undefined })],
    ['a chunk in the middle missing', () => ({ [named().one]: undefined })],
    ['the last chunk missing', () => ({ [named().two]: undefined })],
    ['chunks exchanged', ([, one, two]) => ({ [named().one]: two, [named().two]: one })],
    ['a chunk twice', ([, one]) => ({ [named().two]: one })],
    ['a chunk empty', () => ({ [named().one]: '' })],
    ['too small a count', ([first]) => ({ [named().session]: `2${first?.slice(1)}` })],
    ['a count of 0', ([first]) => ({ [named().session]: `0${first?.slice(1)}` })],
    ['a count of 4', ([first]) => ({ [named().session]: `4${first?.slice(1)}` })],
    ['a count of 10000', ([first]) => ({ [named().session]: `10000${first?.slice(1)}` })],
    ['a count below 0', ([first]) => ({ [named().session]: `-3${first?.slice(1)}` })],
    ['no count', ([first]) => ({ [named().session]: first?.slice(2) })],
    ['another key id', ([first]) => ({ [named().session]: `3.AAAAAA${first?.slice(8)}` })],
    ['an empty cookie', () => ({ [named().session]: '' })],
    ['a session id of the store kind', () => ({ [named().session]: 'x'.repeat(43) })],
    ['JSON', () => ({ [named().session]: '1.{"record":{"sub":"eve"}}' })],
    ['padding', (cookies) => ({ [named().two]: `${cookies[2]}==` })],
    ['50 KB of one letter', () => ({ [named().session]: `3.${'A'.repeat(50_000)}` })],
  ])('%s', async (_what, change) => {
    const values = sessionCookies(party, agent).map(([, value]) => value);
    expect(await read(headerOf(party, agent, change(values)))).toBeUndefined();
  });

  it('a cookie twice, even the same', async () => {
    const header = headerOf(party, agent);
    expect(await read(`${header}; ${named().session}=${sessionCookies(party, agent)[0]![1]}`)).toBeUndefined();
    expect(await read(`${header}; ${named().one}=x`)).toBeUndefined();
  });

  it('what was sealed for another purpose, under the name of the session', async () => {
    const { sealer, cookies } = party.client;
    for (const purpose of ['login', 'logout', 'tokens'] as const) {
      const sealed = sealer.seal(purpose, cookies.session, JSON.stringify({ record: { sub: 'eve' }, tokens: {} }));
      expect(await read(`${cookies.session}=1.${sealed}`)).toBeUndefined();
    }
  });

  it.each([
    ['10,000 chunks', 10_000, 0],
    ['2,000 chunks, within the 64 KB that are read', 2000, 0],
    ['300 chunks', 300, 0],
    ['300 chunks beside the right ones', 300, 3],
  ])('%s: bounded work, and a bounded answer', async (_what, count, right) => {
    const chunks = Array.from({ length: count }, (_, n) => `${party.client.cookies.chunk(n + right)}=x`);
    const own = right ? [headerOf(party, agent)] : [`${named().session}=3.x`];
    const cookies = readCookies([...own, ...chunks].join('; '));
    expect((await party.client.carrier.read(cookies))?.record.sub).toBe(right ? 'ada' : undefined);
    expect(party.client.carrier.clear(cookies).length).toBeLessThanOrEqual(64);
    const draft = draftFor(party.client, bench.clock.now());
    const started = await party.client.carrier.start(draft, { idToken: 'x', accessToken: 'y' }, cookies);
    expect(started?.cookies.length).toBeLessThanOrEqual(65);
  });

  it('over HTTP too: anonymous, answered, and no cookie is touched', async () => {
    const bad = new UserAgent();
    bad.setCookie(party.host, named().session, '3.not-sealed-at-all');
    for (let n = 1; n <= 300; n++) bad.setCookie(party.host, party.client.cookies.chunk(n), 'x');
    const page = await bad.fetch(`${party.url}/who`);
    expect([page.status, JSON.parse(page.text), setBy(page)]).toMatchObject([200, { sub: null }, []]);
  });

  it('[RULE 1.3] of two apps with one secret on one store, their cookies swapped and renamed', async () => {
    const store = new MemoryStore({ clock: bench.clock });
    const one = await sealedParty({ session: { store } });
    const two = await sealedParty({ clientId: 'other', session: { store } });
    const ada = await bench.signedIn(one);
    const grace = await bench.signedIn(two, 'op-session-2', 'grace');
    const swap = (to: RelyingParty, from: RelyingParty, whose: UserAgent): UserAgent => {
      const swapped = copyOf(from, whose);
      swapped.setCookie(to.host, to.client.cookies.session, sessionCookies(from, whose)[0]![1]);
      return swapped;
    };
    expect([await one.whoIs(swap(one, two, grace)), await two.whoIs(swap(two, one, ada))]).toEqual([null, null]);
    expect([await one.whoIs(ada), await two.whoIs(grace)]).toEqual(['ada', 'grace']);
  });
});

describe('what needs a store', () => {
  it('is refused with an error that names the option', async () => {
    const party = await sealedParty();
    const session = await sessionAt(party.client, await bench.signedIn(party));
    for (const step of [() => session.sessions(), () => session.endOthers()]) {
      expect(await refusal(step)).toMatchObject({
        code: 'invalid_option',
        message: expect.stringContaining('session.cookie.sealed') as string,
      });
    }
  });
});
