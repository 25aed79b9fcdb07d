import { breakableStore } from '../../test/breakable-store.js';
import { LoginBench } from '../../test/login-bench.js';
import { refusal } from '../../test/refusal.js';
import type { OidcClient } from '../client/client.js';
import { subscribe, type SessionEvent } from '../events.js';
import { endSessions } from '../logout/end-sessions.js';
import { IdToken, TokenSuccessResponse } from '../messages/index.js';
import { readCookies } from './cookies.js';
import type { Login } from './login-cookies.js';
import { startSession, type LoginResult } from './start-session.js';

let bench: LoginBench;
const events: SessionEvent[] = [];
const unsubscribe = subscribe('latchkey:session', (event) => void events.push(event));
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(async () => {
  await bench.clear();
  events.length = 0;
});
afterAll(() => {
  unsubscribe();
  return bench.stop();
});

const login = (more: Partial<Login> = {}): Login => ({
  state: 'state',
  nonce: 'nonce',
  codeVerifier: 'verifier',
  returnTo: '/',
  createdAt: bench.clock.now(),
  ...more,
});
const result = (more: Partial<LoginResult> = {}): LoginResult => ({
  tokens: TokenSuccessResponse.of({ access_token: 'access', token_type: 'Bearer' }),
  idToken: IdToken.fromJson(bench.op.idTokenClaims('app', 'nonce')),
  jws: 'a.b.c',
  user: { sub: 'ada' },
  cookies: readCookies(''),
  ...more,
});

it('[R44] [R45] keeps when the login began, the first iat, sub and sid, and when it will be over', async () => {
  const client = bench.client({ session: { idle: 60, absolute: 3600 } });
  const began = bench.clock.now();
  bench.clock.advance(5000);
  const { record } = await startSession(client, login({ createdAt: began }), result());
  const now = bench.clock.now();
  expect(record).toMatchObject({
    client: client.ref,
    sub: 'ada',
    sid: 'op-session-1',
    createdAt: began,
    iat: bench.op.now,
    startedAt: now,
    usedAt: now,
    expiresAt: now + 60_000,
    version: 1,
    user: { sub: 'ada' },
  });
  expect(await client.store.read(client.ref, record.id)).toEqual(record);
});

describe('[R45] session_expiry', () => {
  const expiring = (session_expiry: unknown): Partial<LoginResult> => ({
    idToken: IdToken.fromJson({ ...bench.op.idTokenClaims('app', 'nonce'), session_expiry }),
  });

  it.each([
    ['a store', {}],
    ['the cookie', { cookie: { sealed: true } }],
  ])('of the ID token ends the session, however much it is used, also in %s', async (_what, session) => {
    const client = bench.client({ session: { idle: 120, absolute: false, ...session } });
    const end = bench.op.now + 300;
    const { record, cookies } = await startSession(client, login(), result(expiring(end)));
    expect(record).toMatchObject({ endsBy: end * 1000, expiresAt: bench.clock.now() + 120_000 });
    let carried = cookies;
    for (const left of [200, 100, 1]) {
      bench.clock.advance(end * 1000 - left * 1000 - bench.clock.now());
      const read = await client.carrier.read(readCookies(carried.map((line) => line.split(';')[0]).join('; ')));
      expect(read?.record.expiresAt).toBe(Math.min(bench.clock.now() + 120_000, end * 1000));
      carried = read?.cookies.length ? read.cookies : carried;
    }
    bench.clock.advance(1000);
    const read = await client.carrier.read(readCookies(carried.map((line) => line.split(';')[0]).join('; ')));
    expect(read).toBeUndefined();
  });

  it('in the past makes no session, which would only be asked for again', async () => {
    const client = bench.client();
    const { code } = await refusal(() => startSession(client, login(), result(expiring(bench.op.now))));
    expect(code).toBe('id_token_exp');
    expect(events).toEqual([]);
  });

  it.each(['soon', null, { at: 5 }, 1e300, -1])('of %j is none', async (expiry) => {
    const { record } = await startSession(bench.client(), login(), result(expiring(expiry)));
    expect(record).not.toHaveProperty('endsBy');
  });
});

it('[RULE 1.3] the store never sees the id that the cookie carries', async () => {
  const client = bench.client();
  const { record, cookies } = await startSession(client, login(), result());
  const id = /=([\w-]{43});/.exec(cookies[0] ?? '')?.[1] ?? '';
  expect(record.id).toBe(client.recordId(id));
  expect(JSON.stringify(record)).not.toContain(id);
});

it('[R44] no id comes twice', async () => {
  const client = bench.client();
  const records = await Promise.all(Array.from({ length: 10 }, () => startSession(client, login(), result())));
  expect(new Set(records.map(({ record }) => record.id)).size).toBe(10);
});

it('[RULE 8.2] publishes it once it is stored, with the sid hashed', async () => {
  const client = bench.client();
  const { record } = await startSession(client, login(), result());
  expect(events).toMatchObject([{ type: 'created', session: record.id, sub: 'ada', client: client.ref }]);
  expect(JSON.stringify(events)).not.toContain('op-session-1');
});

describe('[R9] [R44] [RULE 4.4] ends the sessions before it', () => {
  it.each([
    ['the one that the login began under', (id: string) => [login({ sessionHash: id }), result()] as const],
    ['the one whose cookie came', (id: string) => [login(), result({ previous: id })] as const],
    ['the one that is both', (id: string) => [login({ sessionHash: id }), result({ previous: id })] as const],
  ])('%s', async (_what, of) => {
    const client = bench.client();
    const before = await startSession(client, login(), result());
    events.length = 0;
    await startSession(client, ...of(before.record.id));
    expect(await client.store.read(client.ref, before.record.id)).toBeUndefined();
    expect(events.map((event) => [event.type, 'reason' in event && event.reason])).toEqual([
      ['ended', 'new_login'],
      ['created', false],
    ]);
  });

  it('and no other of the same user', async () => {
    const client = bench.client();
    const other = await startSession(client, login(), result());
    await startSession(client, login(), result());
    expect(await client.store.read(client.ref, other.record.id)).toEqual(other.record);
  });
});

describe('[R62] [RULE 3.2] a logout that covers the login', () => {
  const covering: [what: string, target: (client: OidcClient) => Parameters<typeof endSessions>[1]][] = [
    ['of the sid', ({ ref }) => ({ client: ref, sid: 'op-session-1', iat: bench.op.now })],
    ['of the sub', ({ ref }) => ({ client: ref, sub: 'ada', iat: bench.op.now })],
  ];

  it.each(covering)('%s, while it was in flight: no session', async (_what, target) => {
    const client = bench.client();
    const begun = login();
    bench.clock.advance(1000);
    const first = result();
    bench.clock.advance(1000);
    await endSessions(client, target(client), 'back_channel');
    const error = await refusal(() => startSession(client, begun, first));
    expect(error).toMatchObject({ code: 'login_ended', status: 400 });
    expect(await client.store.list(client.ref, 'ada')).toEqual([]);
    expect(events).toEqual([]);
  });

  it.each(covering)('%s, before it began: a session', async (_what, target) => {
    const client = bench.client();
    await endSessions(client, target(client), 'back_channel');
    bench.clock.advance(1);
    expect((await startSession(client, login(), result())).record.sub).toBe('ada');
  });
});

it('[R46] a store that fails gives no session, and publishes none', async () => {
  const store = breakableStore({ clock: bench.clock });
  const client = bench.client({ session: { store } });
  store.down.add('create');
  const error = await refusal(() => startSession(client, login(), result()));
  expect(error).toMatchObject({ code: 'store_unavailable', status: 503, cause: { code: 'ECONNREFUSED' } });
  expect(events).toEqual([]);
});
