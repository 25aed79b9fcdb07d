import { createPublicKey } from 'node:crypto';
import { inspect } from 'node:util';
import { subscribe, type Events } from '../src/events.js';
import { backChannelLogoutEvent } from '../src/messages/index.js';
import type { OidcError } from '../src/errors.js';
import { breakableStore, type BreakableStore } from './breakable-store.js';
import type { CrookedToken } from './crooked-answer.js';
import type { CrookedOp } from './crooked-op.js';
import { makeKey, privateJwk, type TestKey } from './keys.js';
import { LoginBench, locationOf } from './login-bench.js';
import { sessionAt } from './machines.js';
import { secret, type RelyingParty } from './relying-party.js';
import { refusal } from './refusal.js';
import { UserAgent, type Page } from './user-agent.js';

/** Everything that a program could log: errors, events, warnings; and what its users get to see of errors. */
class Log {
  readonly lines: string[] = [];
  readonly codes = new Set<string>();
  readonly #unsubscribe: readonly (() => void)[];

  constructor() {
    const channels: (keyof Events)[] = [
      'latchkey:login',
      'latchkey:session',
      'latchkey:logout',
      'latchkey:token',
      'latchkey:provider',
    ];
    this.#unsubscribe = channels.map((name) => subscribe(name, (event) => this.add(event)));
    jest.spyOn(process, 'emitWarning').mockImplementation((...words) => this.add(words));
  }

  add(what: unknown): void {
    this.lines.push(inspect(what, { depth: 9, showHidden: true, maxStringLength: null, maxArrayLength: null }));
  }

  error(error: OidcError): void {
    this.codes.add(error.code);
    this.add(error);
    this.lines.push(error.stack ?? '', JSON.stringify(error), String(error.cause));
  }

  close(): void {
    this.#unsubscribe.forEach((end) => end());
  }
}

/** Everything that must not stand in a log, collected as it comes by. */
class Secrets {
  readonly #values = new Set<string>([
    secret,
    'the-client-secret',
    Buffer.from('app:the-client-secret').toString('base64'),
  ]);

  /** What the OP was told, and what it told. */
  collect(op: CrookedOp, agent: UserAgent, party: RelyingParty): void {
    const names = [
      'state',
      'nonce',
      'code',
      'code_verifier',
      'code_challenge',
      'refresh_token',
      'id_token_hint',
      'token',
      'client_assertion',
    ];
    for (const { parameters, headers } of op.requests) {
      for (const name of names) for (const value of parameters.getAll(name)) this.#add(value);
      this.#add(headers.authorization?.split(' ')[1]);
    }
    for (const pair of agent.cookies(party.host).split('; ')) this.#add(pair.split('=')[1]);
  }

  add(...values: (string | undefined)[]): void {
    values.forEach((value) => this.#add(value));
  }

  /** Which of them stand in a text. */
  in(text: string): string[] {
    const made = ['access-token-of', 'refresh-token', 'sesame', 'eyJ'];
    return [...this.#values, ...made].filter((value) => text.includes(value));
  }

  get size(): number {
    return this.#values.size;
  }

  #add(value: string | undefined): void {
    if (value !== undefined && value.length > 5) this.#values.add(value);
  }
}

let bench: LoginBench;
let store: BreakableStore;
let party: RelyingParty;
const log = new Log();
const secrets = new Secrets();
const pages: Page[] = [];

beforeAll(async () => {
  bench = await LoginBench.start();
  store = breakableStore({ clock: bench.clock });
  party = await bench.party({
    session: { store },
    http: { timeout: 2000 },
    logout: { revoke: true },
    hooks: { onError: (error) => void log.error(error) },
  });
});
afterAll(async () => {
  log.close();
  await bench.stop();
});
beforeEach(() => {
  bench.op.straighten();
  bench.op.sid = 'sesame-sid';
});

/** Signs in as far as it goes, and notes what came by. */
async function login(agent = new UserAgent(), at = party): Promise<UserAgent> {
  const away = await agent.fetch(`${at.url}/auth/login?returnTo=/cart`);
  secrets.collect(bench.op, agent, at);
  if (away.status !== 303) return (pages.push(away), agent);
  const callback = locationOf(await agent.fetch(locationOf(away)));
  secrets.collect(bench.op, agent, at);
  pages.push(await agent.fetch(callback), await agent.fetch(callback)); // and Back onto it
  secrets.collect(bench.op, agent, at);
  return agent;
}

const stranger = makeKey('RSA', { kid: 'rsa' });
const crooks: [what: string, crook: (op: CrookedOp) => unknown][] = [
  ['nothing', () => undefined],
  ['another issuer in the response', (op) => (op.authorization = { iss: 'https://evil.example' })],
  ['another state', (op) => (op.authorization = { state: 'sesame-state' })],
  ['two states', (op) => (op.authorization = { state: ['sesame-1', 'sesame-2'] })],
  ['two codes', (op) => (op.authorization = { code: ['sesame-1', 'sesame-2'] })],
  ['no code', (op) => (op.authorization = { code: undefined })],
  ['an error', (op) => (op.authorization = { error: 'access_denied', error_description: 'No.' })],
  ['a token error', (op) => (op.token = { status: 400, members: { error: 'invalid_grant' } })],
  ['a token answer that is no JSON', (op) => (op.token = { body: '{"access_token":"sesame-access","' })],
  [
    'tokens of the wrong kind',
    (op) => (op.token = { members: { access_token: ['sesame'], refresh_token: { a: 'sesame' } } }),
  ],
  ['a wrong expires_in', (op) => (op.token = { members: { expires_in: 'soon' } })],
  ['a wrong token_type', (op) => (op.token = { members: { token_type: 'mac' } })],
  ['no ID token', (op) => (op.token = { members: { id_token: undefined } })],
  ['an ID token that is none', (op) => (op.idToken = { raw: 'sesame.sesame' })],
  ['a wrong signature', (op) => (op.idToken = { sign: { key: stranger } })],
  ['alg none', (op) => (op.idToken = { sign: { alg: 'none' } })],
  ['an unknown kid', (op) => (op.idToken = { sign: { kid: 'nobody' } })],
  ['a wrong typ', (op) => (op.idToken = { sign: { typ: 'at+jwt' } })],
  ['another nonce', (op) => (op.idToken = { claims: { nonce: 'sesame-nonce' } })],
  ['a nonce that is none', (op) => (op.idToken = { claims: { nonce: ['sesame-nonce'] } })],
  ['a sid that is none', (op) => (op.idToken = { claims: { sid: ['sesame-sid'] } })],
  ['another at_hash', (op) => (op.idToken = { claims: { at_hash: 'sesame-hash' } })],
  ['another aud', (op) => (op.idToken = { claims: { aud: 'another' } })],
  ['an expired token', (op) => (op.idToken = { claims: { exp: 1 } })],
  ['the userinfo of another', (op) => (op.userinfo = { members: { sub: 'eve' } })],
  ['a userinfo that is refused', (op) => (op.userinfo = { status: 401, members: { error: 'invalid_token' } })],
  ['a userinfo that is cut off', (op) => (op.userinfo = { body: '{"sub":' })],
  ['a failure at the token endpoint', (op) => (op.token = { status: 500 })],
  ['a redirect at the token endpoint', (op) => (op.token = { status: 307, headers: { location: '/?code=sesame' } })],
];

it.each(crooks)('a login with %s', async (_what, crook) => {
  crook(bench.op);
  await login();
  expect(pages.length).toBeGreaterThan(0);
});

it('a login while the OP is down', async () => {
  const agent = new UserAgent();
  const callback = await bench.begin(party, agent);
  secrets.collect(bench.op, agent, party);
  await bench.op.stop();
  pages.push(await agent.fetch(callback), await agent.fetch(`${party.url}/auth/login`));
  await bench.op.listen();
  bench.clock.advance(2000);
});

it('a session while the store is down, at every step', async () => {
  const agent = await login();
  store.down.add('all');
  for (const path of ['/who', '/private', '/auth/login', '/auth/callback?code=sesame&state=sesame'])
    pages.push(await agent.fetch(party.url + path));
  store.down.clear();
});

it('tokens that are refreshed, refused and given back', async () => {
  const agent = await login();
  const session = await sessionAt(party.client, agent);
  secrets.add(session.idToken, session.tokens?.accessToken, session.tokens?.refreshToken);
  bench.clock.advance(301_000);
  secrets.add(await session.accessToken(), session.tokens?.refreshToken);
  bench.clock.advance(301_000);
  for (const token of [{ status: 500 }, { status: 400, members: { error: 'invalid_grant' } }]) {
    bench.op.token = token;
    log.error(await refusal(() => session.accessToken()));
    bench.clock.advance(30_000);
  }
  secrets.collect(bench.op, agent, party);
});

it('a client with keys of its own: assertions that are taken and refused, tokens that open and do not', async () => {
  const [signs, opens] = [makeKey('P-256'), makeKey('RSA')];
  const withKeys = await bench.party({
    clientKeys: [signs.privateKey],
    decryptionKeys: [opens.privateKey],
    hooks: { onError: (error) => void log.error(error) },
  });
  secrets.add(...[signs, opens].map((key) => privateJwk(key).d));
  const encryptedFor = ({ jwk }: TestKey): CrookedToken => ({
    sign: { encrypt: { for: createPublicKey({ key: { ...jwk }, format: 'jwk' }) } },
  });
  for (const key of [opens, stranger]) {
    bench.op.idToken = encryptedFor(key);
    await login(new UserAgent(), withKeys);
  }
  bench.op.token = { status: 401, members: { error: 'invalid_client' } };
  await login(new UserAgent(), withKeys);
  expect(bench.op.at('/token').filter(({ parameters }) => parameters.has('client_assertion'))).toHaveLength(3);
  log.error(
    await refusal(() => withKeys.client.replaceSecrets({ clientKeys: [{ ...privateJwk(signs), x: 'sesame' }] })),
  );
  pages.push(await new UserAgent().fetch(`${withKeys.url}/auth/jwks`));
});

it('logouts of every kind, right and wrong', async () => {
  const events = { [backChannelLogoutEvent]: {} };
  const { issuer: iss } = bench.op;
  const right = { iss, aud: 'app', sub: 'ada', iat: bench.op.now, exp: bench.op.now + 60, sid: 'sesame-sid', events };
  for (const changes of [
    {},
    { jti: ['sesame-jti'] },
    { sid: ['sesame-sid'] },
    { nonce: 'sesame' },
    { iat: 1, exp: 2 },
  ]) {
    await login();
    const token = await bench.op.sign({ jti: 'sesame-jti', ...right, ...changes }, { typ: 'logout+jwt' });
    secrets.add(token);
    for (const form of [{ logout_token: token }, { logout_token: `${token}x` }])
      pages.push(await new UserAgent().fetch(`${party.url}/auth/backchannel-logout`, { form }));
  }
  const framed = { headers: { 'sec-fetch-dest': 'iframe' } };
  for (const query of [`iss=${iss}&sid=sesame-sid`, 'sid=sesame-sid', 'iss=https://evil.example&sid=sesame-sid'])
    pages.push(await new UserAgent().fetch(`${party.url}/auth/frontchannel-logout?${query}`, framed));
  const agent = await login();
  await agent.fetch(`${party.url}/auth/logout`, { form: {}, headers: { 'sec-fetch-site': 'same-origin' } });
  secrets.collect(bench.op, agent, party);
});

describe('afterwards', () => {
  it('every kind of fault was there, and secrets came by', () => {
    expect(secrets.size).toBeGreaterThan(100);
    expect([...log.codes].sort()).toEqual(
      expect.arrayContaining([
        'authorization_error',
        'duplicate_parameter',
        'id_token_aud',
        'id_token_exp',
        'id_token_hash',
        'id_token_missing',
        'id_token_nonce',
        'invalid_message',
        'invalid_option',
        'jwt_alg',
        'jwt_key',
        'jwt_malformed',
        'jwt_signature',
        'jwt_typ',
        'login_required',
        'login_unknown',
        'op_unreachable',
        'response_iss',
        'store_unavailable',
        'token_endpoint_error',
        'token_type',
        'unexpected_status',
        'userinfo_error',
        'userinfo_sub',
      ]),
    );
  });

  it.each(['succeeded', 'refused', 'created', 'ended', 'refreshed', 'requested', 'token_received', 'token_refused'])(
    'an event of type %s was there',
    (type) => expect(log.lines.join('\n')).toContain(`type: '${type}'`),
  );

  it('[R92] [R41] [RULE 8.1] no error, event or warning shows a secret', () => {
    const shown = log.lines.map((line) => [secrets.in(line), line]).filter(([found = []]) => found.length > 0);
    expect(shown).toEqual([]);
  });

  it('[R92] [R98] no page or JSON shows one', () => {
    expect(pages.flatMap(({ text }) => secrets.in(text))).toEqual([]);
  });
});
