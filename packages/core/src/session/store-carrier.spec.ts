import { breakableStore } from '../../test/breakable-store.js';
import { LogoutBench } from '../../test/logout-bench.js';
import { machineOf, sessionAt, visitAt } from '../../test/machines.js';
import { optionsFor, type PartyOptions } from '../../test/relying-party.js';
import { UserAgent } from '../../test/user-agent.js';
import { OidcClient } from '../client/client.js';
import type { SessionDraft } from './carrier.js';
import { readCookies } from './cookies.js';
import { MemoryStore } from './memory-store.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

/** A client at https://app.example, and a session to be. */
function secure(options: PartyOptions = {}): { client: OidcClient; draft: SessionDraft } {
  const client = new OidcClient(optionsFor(bench.op.issuer, 'https://app.example', { clock: bench.clock, ...options }));
  const now = bench.clock.now();
  const times = { createdAt: now, startedAt: now, usedAt: now, expiresAt: now + 3_600_000 };
  return {
    client,
    draft: { client: client.ref, sub: 'ada', iat: Math.floor(now / 1000), user: { sub: 'ada' }, ...times },
  };
}
const tokens = { idToken: 'the-id-token', accessToken: 'the-access-token', refreshToken: 'the-refresh-token' };

describe('what the cookie holds', () => {
  it('[R43] an id of 43 characters and nothing else; __Host-, Secure, HttpOnly, Lax, of all paths', async () => {
    const { client, draft } = secure();
    const started = await client.carrier.start(draft, tokens, readCookies(''));
    expect(started?.cookies).toEqual([
      expect.stringMatching(
        /^__Host-latchkey-[\w-]{8}=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });

  it.each<[string, PartyOptions['session'], RegExp]>([
    ['persistent: false: until the window closes', { cookie: { persistent: false } }, /^[^;]+; Path=\/; HttpOnly/],
    ['no absolute lifetime: as long as browsers keep one', { absolute: false }, /; Max-Age=34560000;/],
    ['a long absolute lifetime: likewise', { absolute: 40_000_000 }, /; Max-Age=34560000;/],
    ['a short absolute lifetime', { absolute: 3600 }, /; Max-Age=3600;/],
  ])('%s', async (_what, session, expected) => {
    const { client, draft } = secure({ session: session ?? {} });
    expect((await client.carrier.start(draft, tokens, readCookies('')))?.cookies[0]).toMatch(expected);
  });

  it('[R44] each session has its own', async () => {
    const { client, draft } = secure();
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await client.carrier.start(draft, tokens, readCookies('')))?.cookies[0]),
    );
    expect(new Set(ids).size).toBe(20);
  });
});

describe('what the store holds', () => {
  it('[RULE 1.3] [R42] a hash of the id, and the tokens sealed: neither can be read from it', async () => {
    const store = new MemoryStore({ clock: bench.clock });
    const { client, draft } = secure({ session: { store } });
    const started = await client.carrier.start(draft, tokens, readCookies(''));
    const id = started?.cookies[0]?.split('=')[1]?.split(';')[0] ?? '';
    const held = JSON.stringify(await store.list(client.ref, 'ada'));
    for (const text of [id, ...Object.values(tokens)]) {
      expect(held).not.toContain(text);
      expect(held).not.toContain(Buffer.from(text).toString('base64url').slice(0, -2));
    }
    expect(started?.record.id).toBe(client.recordId(id));
    expect(started?.openTokens()).toEqual(tokens);
  });

  it('[R42] the tokens of one record open in no other', async () => {
    const store = new MemoryStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const [ada, grace] = [await bench.signedIn(party), await bench.signedIn(party, 'op-session-2', 'grace')];
    const { record } = await sessionAt(party.client, grace);
    const own = await sessionAt(party.client, ada);
    await store.update({ ...own.record, tokens: record.tokens, version: 2 });
    expect((await sessionAt(party.client, ada)).tokens).toBeUndefined();
  });

  it('[RULE 3.2] nothing, where a mark refuses the login', async () => {
    const { client, draft } = secure();
    await client.store.mark({ client: client.ref, sub: 'ada' }, { life: 60_000 });
    expect(await client.carrier.start(draft, tokens, readCookies(''))).toBeUndefined();
    expect(await client.store.list(client.ref, 'ada')).toEqual([]);
  });
});

describe('reading', () => {
  it('is one read of the store, and no cookie is set', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    store.calls.clear();
    const page = await agent.fetch(`${party.url}/who`);
    expect([Object.fromEntries(store.calls), page.headers.getSetCookie()]).toEqual([{ read: 1, now: 1 }, []]);
  });

  it.each([
    ['no cookie', ''],
    ['an empty one', 'NAME='],
    ['one that is too short', `NAME=${'x'.repeat(42)}`],
    ['one that is too long', `NAME=${'x'.repeat(44)}`],
    ['two', `NAME=${'x'.repeat(43)}; NAME=${'x'.repeat(43)}`],
    ['one of another name', `other=${'x'.repeat(43)}`],
    ['a sealed session', `NAME=1.${'x'.repeat(2000)}`],
  ])('%s: nobody, and the store is not asked', async (_what, header) => {
    const store = breakableStore({ clock: bench.clock });
    const { client } = secure({ session: { store } });
    expect(await client.carrier.read(readCookies(header.replaceAll('NAME', client.cookies.session)))).toBeUndefined();
    expect(store.calls.size).toBe(0);
  });

  it('[D9] [R44] an id that a browser made up is nobody, and never becomes the id of a session', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const own = 'x'.repeat(43);
    agent.setCookie(party.host, party.client.cookies.session, own);
    expect(await party.whoIs(agent)).toBeNull();
    await bench.signIn(party, agent);
    expect(readCookies(agent.cookies(party.host)).one(party.client.cookies.session)).not.toBe(own);
    expect(await party.client.store.read(party.client.ref, party.client.recordId(own))).toBeUndefined();
  });

  it('[R46] [D7] a store that fails is no anonymous user: 503, and the session is there at the next request', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    store.down.add('read');
    const page = await agent.fetch(`${party.url}/who`);
    expect([page.status, page.headers.getSetCookie()]).toEqual([503, []]);
    store.down.clear();
    expect(await party.whoIs(agent)).toBe('ada');
  });
});

describe('[R45] lifetimes', () => {
  it.each([
    ['idle', { idle: 3600 }, 3_600_000],
    ['absolute', { idle: false as const, absolute: 7200 }, 7_200_000],
  ])('%s: it ends to the millisecond, once, with its reason', async (_what, session, life) => {
    const party = await bench.party({ session });
    const agent = await bench.signedIn(party);
    const other = machineOf(party, { session });
    const { record } = await sessionAt(other, agent);
    bench.clock.advance(life - 1);
    expect((await visitAt(other, agent).session())?.sub).toBe('ada');
    bench.clock.advance(session.idle ? life : 1);
    expect([await party.whoIs(agent), await visitAt(other, agent).session()]).toEqual([null, undefined]);
    expect(bench.sessions.filter(({ type }) => type === 'ended')).toMatchObject([
      { reason: 'expired', session: record.id },
    ]);
  });

  it('a use is noted once a minute, whichever machine sees it, and never beyond the absolute end', async () => {
    const store = breakableStore({ clock: bench.clock });
    const session = { store, idle: 3600, absolute: 7200 };
    const party = await bench.party({ session });
    const agent = await bench.signedIn(party);
    const machines = [party.client, machineOf(party, { session })];
    const start = bench.clock.now();
    for (let n = 0; n < 20; n++) {
      bench.clock.advance(10_000);
      await visitAt(machines[n % 2]!, agent).session();
    }
    expect(store.calls.get('touch')).toBe(3);
    expect((await sessionAt(party.client, agent)).expiresAt.getTime() - start).toBe(180_000 + 3_600_000);
    for (let n = 0; n < 100; n++) {
      bench.clock.advance(60_000);
      await visitAt(machines[n % 2]!, agent).session();
    }
    expect((await sessionAt(party.client, agent)).expiresAt.getTime() - start).toBe(7_200_000);
  });

  it('[RULE 2.6] a use that cannot be noted is noted at the next request; this one is served', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    bench.clock.advance(60_000);
    store.down.add('touch');
    expect(await party.whoIs(agent)).toBe('ada');
    store.down.clear();
    expect((await sessionAt(party.client, agent)).record.usedAt).toBe(bench.clock.now());
  });

  it('[R61] [D7] a note brings nobody back who was signed out meanwhile', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const { record } = await sessionAt(party.client, agent);
    await party.client.carrier.end({ client: party.client.ref, sessionId: record.id });
    bench.clock.advance(60_000);
    expect(await party.client.store.touch(party.client.ref, record.id, record)).toBe(false);
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('[RULE 2.4] a mark outlives the longest login in flight by five minutes, however long sessions live', () => {
    expect(secure({ login: { lifetime: 600 } }).client.carrier.markLife).toBe(900_000);
    expect(secure({ session: { absolute: false } }).client.carrier.markLife).toBe(1_200_000);
  });
});

describe('taking the session out of a browser', () => {
  it('deletes its cookie where it came, with what it was set with, and no other', () => {
    const { client } = secure();
    const { session } = client.cookies;
    const header = `${session}=x; ${session}-0123456789abcdef=y; other=z`;
    expect(client.carrier.clear(readCookies(header))).toEqual([
      `${session}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax`,
    ]);
    expect(client.carrier.clear(readCookies('other=z'))).toEqual([]);
  });
});
