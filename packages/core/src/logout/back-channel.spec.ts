import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { breakableStore } from '../../test/breakable-store.js';
import type { SignOptions } from '../../test/crooked-answer.js';
import type { CrookedOp } from '../../test/crooked-op.js';
import { encryptFor, makeKey, type TestKey } from '../../test/keys.js';
import { askAsProgram, jsonOf, LogoutBench, postForm, postToken } from '../../test/logout-bench.js';
import type { PartyOptions } from '../../test/relying-party.js';
import type { Page } from '../../test/user-agent.js';
import { backChannelLogoutEvent } from '../messages/index.js';
import { MemoryStore } from '../session/memory-store.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

const anotherKey = makeKey('RSA', { kid: 'rsa' });
const unknownKey = makeKey('RSA', { kid: 'unknown' });

function expectCarriedOut(answer: Page): void {
  expect({ status: answer.status, body: jsonOf(answer) }).toEqual({ status: 200, body: {} });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.getSetCookie()).toEqual([]);
}

function expectRefused(answer: Page, code: string): void {
  expect([answer.status, jsonOf(answer).error, bench.refused]).toEqual([400, 'invalid_request', code]);
  expect(jsonOf(answer).error_description).toMatch(/expected|must|required/i);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('retry-after')).toBeNull();
}

function expectFailed(answer: Page, code: string): void {
  expect([answer.status, jsonOf(answer), bench.refused]).toEqual([400, { error: 'temporarily_unavailable' }, code]);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

describe('[R57] what the route takes', () => {
  it.each<[string, (token: string) => string, Record<string, string>]>([
    ['a form', (token) => `logout_token=${token}`, {}],
    [
      'a form with a charset',
      (token) => `logout_token=${token}`,
      { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' },
    ],
    ['other parameters beside the token', (token) => `ignored_parameter=1&logout_token=${token}&more=`, {}],
    [
      'a request that names another site, as no browser of ours would',
      (token) => `logout_token=${token}`,
      { origin: 'https://op.example', 'sec-fetch-site': 'cross-site' },
    ],
  ])('%s: 200, and the session is ended', async (_what, form, headers) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    expectCarriedOut(await postForm(party, form(await bench.token()), { headers }));
    expect(await party.whoIs(agent)).toBeNull();
    expect(bench.logouts.map(({ type }) => type)).toEqual(['token_received']);
  });

  it.each<[string, string, (token: string) => string, Record<string, string>]>([
    [
      'JSON',
      'unexpected_content_type',
      (token) => JSON.stringify({ logout_token: token }),
      { 'content-type': 'application/json' },
    ],
    ['plain text', 'unexpected_content_type', (token) => `logout_token=${token}`, { 'content-type': 'text/plain' }],
    [
      'a type that only begins like a form',
      'unexpected_content_type',
      (token) => `logout_token=${token}`,
      { 'content-type': 'application/x-www-form-urlencoded2' },
    ],
    [
      'a multipart form',
      'unexpected_content_type',
      (token) => `--x\r\nContent-Disposition: form-data; name="logout_token"\r\n\r\n${token}\r\n--x--`,
      { 'content-type': 'multipart/form-data; boundary=x' },
    ],
    ['no type', 'unexpected_content_type', (token) => `logout_token=${token}`, { 'content-type': '' }],
    ['two tokens', 'duplicate_parameter', (token) => `logout_token=${token}&logout_token=${token}`, {}],
    ['an empty token', 'invalid_message', () => 'logout_token=', {}],
    ['no token', 'invalid_message', (token) => `token=${token}`, {}],
    ['nothing', 'invalid_message', () => '', {}],
    [
      '101 parameters',
      'message_too_large',
      (token) => `logout_token=${token}${'&a'.repeat(100).replaceAll('a', () => `p${Math.random()}=1`)}`,
      {},
    ],
    ['64 KB and a byte', 'message_too_large', (token) => `logout_token=${token}&more=`.padEnd(65_537, 'x'), {}],
    ['a token of over 16 KB', 'message_too_large', (token) => `logout_token=${token}${'A'.repeat(16_384)}`, {}],
    ['what is no JWT', 'jwt_malformed', () => 'logout_token=hello', {}],
    ['three parts that are none', 'jwt_malformed', () => 'logout_token=a.b.c', {}],
    [
      'an encrypted token, where no key of ours could open it',
      'jwt_key',
      () => 'logout_token=e30.AAAA.AAAA.AAAA.AAAA',
      {},
    ],
  ])('%s: 400', async (_what, code, form, headers) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    expectRefused(await postForm(party, form(await bench.token()), { headers }), code);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('a token in the query alone: 400', async () => {
    const party = await bench.party();
    const url = `${party.url}/auth/backchannel-logout?logout_token=${await bench.token()}`;
    expectRefused(await askAsProgram(url, { form: '' }), 'invalid_message');
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('%s: 405', async (method) => {
    const party = await bench.party();
    const answer = await askAsProgram(`${party.url}/auth/backchannel-logout`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect(answer.headers.get('cache-control')).toContain('no-store');
  });

  it.each<[string, Record<string, unknown>]>([
    ['an unknown sid', { sid: 'never-seen' }],
    ['an unknown sub', { sub: 'nobody', sid: undefined }],
    ['an unknown pair', { sub: 'nobody', sid: 'never-seen' }],
  ])('%s: 200, and nobody is asked whether there was a session', async (_what, claims) => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    expectCarriedOut(await postToken(party, await bench.token(claims)));
    expect([...store.calls.keys()].filter((name) => name === 'read' || name === 'list')).toEqual([]);
    expect(bench.sessions).toEqual([]);
  });

  it('a session that has ended already: 200, twice, with two tokens', async () => {
    const party = await bench.party();
    await bench.signedIn(party);
    expectCarriedOut(await postToken(party, await bench.token()));
    expectCarriedOut(await postToken(party, await bench.token()));
    expect(bench.sessions.filter(({ type }) => type === 'ended')).toHaveLength(1);
  });
});

type Members = Record<string, unknown>;
/** What depends on the OP's time, its URL or its keys is a function of it. */
type OfOp<T> = T | ((op: CrookedOp) => T);
type Row = [what: string, code: string, claims: OfOp<Members>, sign?: OfOp<SignOptions>, options?: PartyOptions];
function settled<T extends object>(value: OfOp<T>): T {
  return typeof value === 'function' ? value(bench.op) : value;
}
const { jwk } = makeKey('RSA');
const event = { [backChannelLogoutEvent]: {} };

describe('[R58] [D5] [RULE 3.4] what a logout token must be', () => {
  it.each<Row>([
    ['alg none', 'jwt_alg', {}, { alg: 'none' }],
    ['alg None', 'jwt_alg', {}, { alg: 'None' }],
    ['HS256 with the public key', 'jwt_alg', {}, ({ keys }) => ({ alg: 'HS256', key: pemOf(keys.rsa.jwk) })],
    ['HS256 with the client secret', 'jwt_alg', {}, { alg: 'HS256', key: bytes('the-client-secret') }],
    ['ES256 by a key of the OP where RS256 is pinned by the metadata', 'jwt_alg', {}, { alg: 'ES256' }],
    [
      'ES256 where RS256 is pinned by the options',
      'jwt_alg',
      {},
      { alg: 'ES256' },
      { idTokenSignedResponseAlg: 'RS256' },
    ],
    ['RS256 where ES256 is pinned by the options', 'jwt_alg', {}, {}, { idTokenSignedResponseAlg: 'ES256' }],
    ['PS256 by the same key', 'jwt_alg', {}, { alg: 'PS256' }],
    ['another key under a kid of the OP', 'jwt_signature', {}, { key: anotherKey }],
    ['a kid that the OP does not have', 'jwt_key', {}, { key: unknownKey }],
    ['a key in its own header', 'jwt_signature', {}, { key: anotherKey, header: { jwk } }],
    ['crit', 'jwt_crit', {}, { header: { crit: ['b64'], b64: true } }],
    ['another iss', 'logout_token_iss', ({ issuer }) => ({ iss: `${issuer}INVALID` })],
    ['iss with a slash more', 'logout_token_iss', ({ issuer }) => ({ iss: `${issuer}/` })],
    ['no iss', 'logout_token_iss', { iss: undefined }],
    ['iss as a list', 'logout_token_iss', ({ issuer }) => ({ iss: [issuer] })],
    ['another aud', 'logout_token_aud', { aud: 'appINVALID' }],
    ['aud in other letters', 'logout_token_aud', { aud: 'APP' }],
    ['no aud', 'logout_token_aud', { aud: undefined }],
    ['an empty aud', 'logout_token_aud', { aud: [] }],
    ['aud with a stranger beside us', 'logout_token_aud', { aud: ['app', 'stranger'] }],
    ['no exp', 'logout_token_exp', { exp: undefined }],
    ['a past exp', 'logout_token_exp', ({ now }) => ({ iat: now - 120, exp: now - 60 })],
    ['exp as text', 'logout_token_exp', ({ now }) => ({ exp: String(now + 60) })],
    ['no iat', 'logout_token_iat', { iat: undefined }],
    ['a stale iat', 'logout_token_iat', ({ now }) => ({ iat: now - 361, exp: now + 120 })],
    ['a future iat', 'logout_token_iat', ({ now }) => ({ iat: now + 61 })],
    ['iat of null', 'logout_token_iat', { iat: null }],
    [
      'a stale iat without exp, where that is allowed',
      'logout_token_iat',
      ({ now }) => ({ iat: now - 361, exp: undefined }),
      {},
      { backchannel: { acceptLogoutTokenWithoutExp: true } },
    ],
    [
      'a past exp, where none is needed',
      'logout_token_exp',
      ({ now }) => ({ iat: now - 120, exp: now - 60 }),
      {},
      { backchannel: { acceptLogoutTokenWithoutExp: true } },
    ],
    [
      'an iat older than the option says',
      'logout_token_iat',
      ({ now }) => ({ iat: now - 71 }),
      {},
      { backchannel: { maxAge: 10 } },
    ],
    ['no events', 'logout_token_events', { events: undefined }],
    ['empty events', 'logout_token_events', { events: {} }],
    ['another event', 'logout_token_events', { events: { 'http://schemas.openid.net/event/foobar': {} } }],
    ['events as a list', 'logout_token_events', { events: [backChannelLogoutEvent] }],
    ['events as text', 'logout_token_events', { events: backChannelLogoutEvent }],
    ['events of null', 'logout_token_events', { events: null }],
    ...[true, null, 'yes', 1, []].map((value): Row => [
      `the event as ${JSON.stringify(value)}`,
      'logout_token_events',
      { events: { [backChannelLogoutEvent]: value } },
    ]),
    ['a nonce', 'logout_token_nonce', { nonce: 'logout_tokens_must_not_contain_a_nonce' }],
    ['a nonce of null', 'logout_token_nonce', { nonce: null }],
    ['neither sub nor sid', 'invalid_message', { sub: undefined, sid: undefined }],
    ['an empty sub', 'invalid_message', { sub: '' }],
    ['a sub of 256 characters', 'invalid_message', { sub: 'u'.repeat(256) }],
    ['sid as a number', 'invalid_message', { sid: 7 }],
    ['no jti', 'logout_token_jti', { jti: undefined }],
    ['an empty jti', 'logout_token_jti', { jti: '' }],
    ['a jti as a number', 'logout_token_jti', { jti: 7 }],
    ['[R59] a jti of 256 characters', 'logout_token_jti', { jti: 'j'.repeat(256) }],
    ['typ at+jwt', 'jwt_typ', {}, { typ: 'at+jwt' }],
    ['typ dpop+jwt', 'jwt_typ', {}, { typ: 'dpop+jwt' }],
    ['typ secevent+jwt', 'jwt_typ', {}, { typ: 'secevent+jwt' }],
    ['typ JWT where strictTyp is on', 'jwt_typ', {}, { typ: 'JWT' }, { backchannel: { strictTyp: true } }],
    [
      'no typ where strictTyp is on',
      'jwt_typ',
      {},
      { header: { typ: undefined } },
      { backchannel: { strictTyp: true } },
    ],
  ])('%s: 400, %s', async (...[, code, claims, sign = {}, options = {}]) => {
    // The ID token of the login is right by the pin of the options; only the logout token is wrong.
    const alg = options.idTokenSignedResponseAlg;
    if (alg !== undefined) bench.op.idToken = { sign: { alg } };
    const party = await bench.party(options);
    const agent = await bench.signedIn(party);
    expectRefused(await postToken(party, await bench.token(settled(claims), settled(sign))), code);
    expect(await party.whoIs(agent)).toBe('ada');
    expect(bench.sessions.filter(({ type }) => type === 'ended')).toEqual([]);
  });

  it.each<[string, (now: number) => Record<string, unknown>, SignOptions, PartyOptions]>([
    ['typ logout+jwt', () => ({}), { typ: 'logout+jwt' }, {}],
    ['typ application/logout+jwt', () => ({}), { typ: 'application/logout+jwt' }, {}],
    ['typ Logout+JWT', () => ({}), { typ: 'Logout+JWT' }, {}],
    ['typ JWT', () => ({}), { typ: 'JWT' }, {}],
    ['no typ', () => ({}), { header: { typ: undefined } }, {}],
    ['typ logout+jwt with strictTyp', () => ({}), {}, { backchannel: { strictTyp: true } }],
    [
      'typ application/logout+jwt with strictTyp',
      () => ({}),
      { typ: 'application/logout+jwt' },
      { backchannel: { strictTyp: true } },
    ],
    ['a claim that nobody knows', () => ({ ignored_claim: { deep: [1] } }), {}, {}],
    ['aud as a list of us', () => ({ aud: ['app'] }), {}, {}],
    ['a trusted audience beside us', () => ({ aud: ['app', 'sister'] }), {}, { extraTrustedAudiences: ['sister'] }],
    [
      'members within the event',
      () => ({ events: { ...event, [backChannelLogoutEvent]: { a: 1 }, other: 1 } }),
      {},
      {},
    ],
    [
      'no exp, where that is allowed',
      () => ({ exp: undefined }),
      {},
      { backchannel: { acceptLogoutTokenWithoutExp: true } },
    ],
    ['an iat at the edge of the past', (now) => ({ iat: now - 360 }), {}, {}],
    ['an iat at the edge of the future', (now) => ({ iat: now + 60 }), {}, {}],
    ['an exp within the tolerance', (now) => ({ exp: now - 59 }), {}, {}],
    ['a fraction of a second', (now) => ({ iat: now - 0.5, exp: now + 60.25 }), {}, {}],
    ['[R59] a jti of 255 characters', () => ({ jti: 'j'.repeat(255) }), {}, {}],
    ['no kid', () => ({}), { kid: null }, {}],
  ])('%s: 200', async (_what, claims, sign, options) => {
    const party = await bench.party(options);
    expectCarriedOut(await postToken(party, await bench.token(claims(bench.op.now), sign)));
  });

  it('ES256 where that is what the options pin: 200', async () => {
    const party = await bench.party({ idTokenSignedResponseAlg: 'ES256' });
    expectCarriedOut(await postToken(party, await bench.token({}, { alg: 'ES256' })));
  });

  it('[R29] HS256 with the secret, where the options pin it: 200, without asking the OP for a key', async () => {
    const party = await bench.party({ idTokenSignedResponseAlg: 'HS256' });
    bench.op.clientSecret = 'the-client-secret';
    expectCarriedOut(await postToken(party, await bench.token({}, { alg: 'HS256' })));
    expect(bench.op.requests).toEqual([]);
  });

  it('[R32] the ID token of the session is no logout token', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const claims = bench.op.idTokenClaims('app', 'n');
    for (const [code, more] of [
      ['logout_token_jti', {}],
      ['logout_token_events', { jti: 'j' }],
      ['logout_token_nonce', { jti: 'j', events: event }],
    ] as const)
      expectRefused(await postToken(party, await bench.op.sign({ ...claims, ...more })), code);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('a signed token whose claims were changed afterwards: 400, jwt_signature', async () => {
    const party = await bench.party();
    const [header = '', , signature = ''] = (await bench.token()).split('.');
    const [, payload = ''] = (await bench.token({ sub: 'eve' })).split('.');
    expectRefused(await postToken(party, [header, payload, signature].join('.')), 'jwt_signature');
  });

  it('[RULE 8.1] neither the answer nor the event shows jti, sid or the token', async () => {
    const party = await bench.party();
    const claims = { sid: 'a-secret-sid', jti: 'a-secret-jti', exp: 'soon' };
    const token = await bench.token(claims);
    const answer = await postToken(party, token);
    const seen = answer.text + JSON.stringify(bench.logouts);
    for (const secret of ['a-secret-sid', 'a-secret-jti', token.split('.')[2]!]) expect(seen).not.toContain(secret);
  });
});

describe('[R66] encrypted logout tokens', () => {
  const ours = makeKey('RSA');
  const decryptionKeys = [makeKey('P-256').privateKey, ours.privateKey];
  const encryptedTo = (key: TestKey, alg?: string): SignOptions['encrypt'] => ({
    for: publicHalf(key),
    ...(alg !== undefined && { alg }),
  });
  const registered: PartyOptions = { decryptionKeys, idTokenEncryptedResponseAlg: 'RSA-OAEP-256' };

  it.each<[string, PartyOptions]>([
    ['may come where there are keys', { decryptionKeys }],
    ['must come where that was agreed on', registered],
  ])('%s: 200, and the session ends', async (_what, options) => {
    bench.op.idToken = { sign: { encrypt: encryptedTo(ours) } };
    const party = await bench.party(options);
    const agent = await bench.signedIn(party);
    expectCarriedOut(await postToken(party, await bench.token({}, { encrypt: encryptedTo(ours) })));
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('those that are only signed may come where nothing else was agreed on: 200', async () => {
    const party = await bench.party({ decryptionKeys });
    expectCarriedOut(await postToken(party, await bench.token()));
  });

  it.each<[what: string, code: string, token: () => Promise<string>]>([
    ['one that is only signed', 'jwt_alg', () => bench.token()],
    ['another algorithm', 'jwt_alg', () => bench.token({}, { encrypt: encryptedTo(ours, 'RSA-OAEP') })],
    ['one for somebody else', 'jwt_key', () => bench.token({}, { encrypt: encryptedTo(anotherKey) })],
    [
      'encrypted and not signed',
      'jwt_malformed',
      () => encryptFor(publicHalf(ours), { alg: 'RSA-OAEP-256', enc: 'A256GCM' }, '{"iss":"x"}'),
    ],
    ['alg none within', 'jwt_alg', () => bench.token({}, { alg: 'none', encrypt: encryptedTo(ours) })],
    [
      "another's signature within",
      'jwt_signature',
      () => bench.token({}, { key: anotherKey, encrypt: encryptedTo(ours) }),
    ],
    ['a nonce within', 'logout_token_nonce', () => bench.token({ nonce: 'x' }, { encrypt: encryptedTo(ours) })],
  ])('%s: 400, %s', async (_what, code, token) => {
    bench.op.idToken = { sign: { encrypt: encryptedTo(ours) } };
    const party = await bench.party(registered);
    const agent = await bench.signedIn(party);
    expectRefused(await postToken(party, await token()), code);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('[RULE 3.5] are opened before iss and aud are looked at, and nothing is fetched for a foreign one', async () => {
    const party = await bench.party(registered);
    const foreign = { key: unknownKey, encrypt: encryptedTo(ours) };
    expectRefused(
      await postToken(party, await bench.token({ iss: 'https://other.example' }, foreign)),
      'logout_token_iss',
    );
    expectRefused(await postToken(party, await bench.token({ aud: 'somebody-else' }, foreign)), 'logout_token_aud');
    expect(bench.op.requests).toEqual([]);
  });

  it('[R59] a copy that was encrypted anew is a replay', async () => {
    const party = await bench.party(registered);
    const jws = await bench.token();
    const copy = (): Promise<string> =>
      encryptFor(publicHalf(ours), { alg: 'RSA-OAEP-256', enc: 'A128GCM', cty: 'JWT' }, jws);
    expectCarriedOut(await postToken(party, await copy()));
    expectRefused(await postToken(party, await copy()), 'logout_token_replayed');
  });
});

describe('[RULE 3.5] nothing is fetched for somebody else', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['a foreign iss', 'logout_token_iss', { iss: 'https://other.example' }],
    ['a foreign aud', 'logout_token_aud', { aud: 'somebody-else' }],
  ])('%s, signed by a kid that is not known: no request to the OP', async (_what, code, claims) => {
    const party = await bench.party();
    expectRefused(await postToken(party, await bench.token(claims, { key: unknownKey })), code);
    expect(bench.op.requests).toEqual([]);
  });

  it.each<[string, string, SignOptions]>([
    ['another alg', 'jwt_alg', { alg: 'ES256' }],
    ['another typ', 'jwt_typ', { typ: 'at+jwt' }],
    ['a crit', 'jwt_crit', { header: { crit: ['b64'], b64: true } }],
  ])('%s: no key is fetched', async (_what, code, sign) => {
    const party = await bench.party();
    expectRefused(await postToken(party, await bench.token({}, sign)), code);
    expect(bench.op.at('/jwks')).toEqual([]);
  });

  it('what is too long or no form is refused before that', async () => {
    const party = await bench.party();
    await postForm(party, `logout_token=${await bench.token()}&more=`.padEnd(70_000, 'x'));
    await postForm(party, 'logout_token=a&logout_token=b');
    expect(bench.op.requests).toEqual([]);
  });
});

describe('[R59] [RULE 3.3] a token is carried out once, and again only when it failed', () => {
  it('a replay: 400, and a session that began since lives on', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const token = await bench.token();
    expectCarriedOut(await postToken(party, token));
    bench.clock.advance(1000);
    await bench.signIn(party, agent);
    expectRefused(await postToken(party, token), 'logout_token_replayed');
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('a replay up to the last moment at which the token would be taken: 400 each time', async () => {
    const party = await bench.party();
    const token = await bench.token({ exp: bench.op.now + 400 });
    expectCarriedOut(await postToken(party, token));
    bench.clock.advance(360_000);
    expectRefused(await postToken(party, token), 'logout_token_replayed');
    bench.clock.advance(1000);
    expectRefused(await postToken(party, token), 'logout_token_iat');
  });

  it('the jti is counted per client: two programs of one OP may get the same', async () => {
    const store = new MemoryStore({ clock: bench.clock });
    const [one, two] = [
      await bench.party({ session: { store } }),
      await bench.party({ clientId: 'other', session: { store } }),
    ];
    expectCarriedOut(await postToken(one, await bench.token({ jti: 'same' })));
    expectCarriedOut(await postToken(two, await bench.token({ jti: 'same', aud: 'other' })));
    expectRefused(await postToken(two, await bench.token({ jti: 'same', aud: 'other' })), 'logout_token_replayed');
  });

  it('twenty copies at once: each is answered 200 or 400, at least one 200, and the session ends once', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const token = await bench.token();
    const answers = await Promise.all(Array.from({ length: 20 }, () => postToken(party, token)));
    for (const { status } of answers) expect([200, 400]).toContain(status);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(bench.sessions.filter(({ type }) => type === 'ended')).toHaveLength(1);
    expect(await party.whoIs(agent)).toBeNull();
  });

  it.each(['used', 'end'] as const)(
    'the store fails at %s in the middle: 400, and the same token sent again is carried out',
    async (method) => {
      const store = breakableStore({ clock: bench.clock });
      const party = await bench.party({ session: { store } });
      const agent = await bench.signedIn(party);
      const token = await bench.token();
      store.down.add(method);
      expectFailed(await postToken(party, token), 'store_unavailable');
      expect(await party.whoIs(agent)).toBe('ada');
      store.down.clear();
      bench.clock.advance(5000);
      expectCarriedOut(await postToken(party, token));
      expect(await party.whoIs(agent)).toBeNull();
      expectRefused(await postToken(party, token), 'logout_token_replayed');
    },
  );

  it('the store ends the session but its answer is lost: 400, and the same token sent again is carried out', async () => {
    let lost = true;
    class LosesAnswers extends MemoryStore {
      override async end(...step: Parameters<MemoryStore['end']>) {
        const ended = await super.end(...step);
        if (lost) throw new Error('read ECONNRESET');
        return ended;
      }
    }
    const party = await bench.party({ session: { store: new LosesAnswers({ clock: bench.clock }) } });
    const agent = await bench.signedIn(party);
    const token = await bench.token();
    expectFailed(await postToken(party, token), 'store_unavailable');
    lost = false;
    expectCarriedOut(await postToken(party, token));
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('only the record of the jti fails: 200, and an event', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    store.down.add('firstUse');
    expectCarriedOut(await postToken(party, await bench.token()));
    expect(await party.whoIs(agent)).toBeNull();
    expect(bench.logouts.map(({ type }) => type)).toEqual(['record_failed', 'token_received']);
    expect(bench.logouts[0]).toMatchObject({ code: 'store_unavailable', client: party.client.ref });
  });

  it('the store is too full for the record of the jti: 200, and an event', async () => {
    const store = new MemoryStore({ clock: bench.clock, maxLogoutTokens: 1 });
    const party = await bench.party({ session: { store } });
    expectCarriedOut(await postToken(party, await bench.token()));
    expectCarriedOut(await postToken(party, await bench.token()));
    expect(bench.logouts).toContainEqual(expect.objectContaining({ type: 'record_failed', code: 'store_full' }));
    expect(bench.logouts).toContainEqual(expect.objectContaining({ type: 'store_full', what: 'logout_tokens' }));
  });

  it('[RULE 2.4] the store is too full for the mark: the session ends, 400, an event; with room again the same token is carried out', async () => {
    const store = new MemoryStore({ clock: bench.clock, maxMarks: 1 });
    const party = await bench.party({ session: { store }, login: { lifetime: 60 }, backchannel: { maxAge: 3600 } });
    expectCarriedOut(await postToken(party, await bench.token({ sid: 'first', sub: undefined })));
    const agent = await bench.signedIn(party, 'second');
    const token = await bench.token({ exp: bench.op.now + 3600 });
    expectFailed(await postToken(party, token), 'store_full');
    expect(await party.whoIs(agent)).toBeNull();
    expect(bench.sessions).toContainEqual(expect.objectContaining({ type: 'ended', reason: 'back_channel' }));
    expect(bench.logouts).toContainEqual(expect.objectContaining({ type: 'store_full', what: 'marks' }));
    bench.clock.advance(3_000_000);
    expectCarriedOut(await postToken(party, token));
  });

  it('the OP cannot be asked for its key: 400, and the same token sent again is carried out', async () => {
    const party = await bench.party();
    const token = await bench.token();
    await bench.op.stop();
    expectFailed(await postToken(party, token), 'op_unreachable');
    await bench.op.listen();
    bench.clock.advance(3000);
    expectCarriedOut(await postToken(party, token));
    expectRefused(await postToken(party, token), 'logout_token_replayed');
  });

  it('the OP publishes no usable key: 400, worth sending again', async () => {
    const party = await bench.party();
    bench.op.published = [];
    expectFailed(await postToken(party, await bench.token()), 'no_usable_key');
  });

  it('the OP is down but its key is known: 200', async () => {
    const party = await bench.party();
    expectCarriedOut(await postToken(party, await bench.token()));
    await bench.op.stop();
    expectCarriedOut(await postToken(party, await bench.token()));
    await bench.op.listen();
  });

  it('[RULE 7.1] an unknown kid while the budget for looking is spent: 400, worth sending again', async () => {
    const party = await bench.party();
    for (let tries = 0; tries < 6; tries++)
      await postToken(party, await bench.token({}, { key: unknownKey, kid: `flood-${tries}` }));
    const fresh = makeKey('RSA', { kid: 'fresh', use: 'sig', alg: 'RS256' });
    bench.op.published = [fresh.jwk];
    const token = await bench.token({}, { key: fresh });
    expectFailed(await postToken(party, token), 'jwt_key');
    bench.clock.advance(10_000);
    expectCarriedOut(await postToken(party, token));
  });

  it('[R25] a key that was rotated in just before: 200', async () => {
    const party = await bench.party();
    expectCarriedOut(await postToken(party, await bench.token()));
    const fresh = makeKey('RSA', { kid: 'fresh', use: 'sig', alg: 'RS256' });
    bench.op.published = [fresh.jwk];
    expectCarriedOut(await postToken(party, await bench.token({}, { key: fresh })));
  });

  it('the OP is not set up so that its tokens could be checked: 400, worth sending again', async () => {
    const party = await bench.party();
    bench.op.metadata = { id_token_signing_alg_values_supported: ['HS256'] };
    expectFailed(await postToken(party, await bench.token()), 'unsupported_algorithm');
  });
});

describe('[R58] what the event of a refused token tells', () => {
  it('[RULE 7.1] of an OP that is too far behind, by how much', async () => {
    const party = await bench.party();
    bench.op.clockOffset = -400_000;
    expectRefused(await postToken(party, await bench.token()), 'logout_token_iat');
    expect(bench.logouts).toEqual([
      {
        type: 'token_refused',
        client: party.client.ref,
        at: bench.clock.now(),
        code: 'logout_token_iat',
        clockBehind: 400,
      },
    ]);
  });

  it('of one whose tokens live shorter than it is behind, the same', async () => {
    const party = await bench.party();
    bench.op.clockOffset = -240_000;
    expectRefused(await postToken(party, await bench.token()), 'logout_token_exp');
    expect(bench.logouts[0]).toMatchObject({ clockBehind: 240 });
  });

  it('and of anything else, not', async () => {
    const party = await bench.party();
    await postToken(party, await bench.token({ events: {} }));
    expect(bench.logouts[0]).not.toHaveProperty('clockBehind');
  });
});

function pemOf(key: JWK): Uint8Array {
  return bytes(createPublicKey({ key: { ...key }, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) as string);
}

function publicHalf(key: TestKey): KeyObject {
  return createPublicKey({ key: { ...key.jwk }, format: 'jwk' });
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
