import { createHash, createPublicKey } from 'node:crypto';
import type { CrookedToken } from '../../test/crooked-answer.js';
import { makeKey, unsigned, type TestKey } from '../../test/keys.js';
import { LoginBench } from '../../test/login-bench.js';
import { refusal } from '../../test/refusal.js';
import type { PartyOptions } from '../../test/relying-party.js';
import type { AuthorizationParams } from '../options.js';
import { exchangeCode } from './exchange-code.js';
import { readCallback } from './read-callback.js';
import { validateIdToken, type ValidatedIdToken } from './validate-id-token.js';

let bench: LoginBench;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const stranger = makeKey('RSA', { kid: 'rsa' });

/** A login up to its ID token; `later` runs between the tokens and the look at them. */
async function validated(
  options: PartyOptions = {},
  { params = {}, later }: { params?: AuthorizationParams; later?: () => unknown } = {},
): Promise<ValidatedIdToken> {
  const client = bench.client(options);
  const { login, callback } = await bench.answered(client, { authorizationParams: params });
  const tokens = await exchangeCode(client, await readCallback(client, callback, login), login);
  await later?.();
  return validateIdToken(client, tokens, login);
}

it('[R16] returns the claims, and the signed text', async () => {
  const { idToken, jws } = await validated();
  expect(idToken).toMatchObject({ iss: bench.op.issuer, aud: 'app', sub: 'ada', sid: 'op-session-1' });
  expect(jws.split('.')).toHaveLength(3);
});

describe('[R16] [R90] what an ID token may be', () => {
  const now = (): number => bench.op.now;
  it.each<[string, () => CrookedToken]>([
    ['typ JWT', () => ({ sign: { typ: 'JWT' } })],
    ['typ in small letters', () => ({ sign: { typ: 'jwt' } })],
    ['no typ', () => ({})],
    ['no kid, where one key fits', () => ({ sign: { kid: null } })],
    ['aud as a list of us', () => ({ claims: { aud: ['app'] } })],
    ['azp that is us', () => ({ claims: { azp: 'app' } })],
    ['exp a little in the past', () => ({ claims: { exp: now() - 59 } })],
    ['iat a little in the future', () => ({ claims: { iat: now() + 60 } })],
    ['nbf a little in the future', () => ({ claims: { nbf: now() + 60 } })],
    ['no sid', () => ({ claims: { sid: undefined } })],
    ['null for an optional claim', () => ({ claims: { acr: null, sid: null } })],
    ['a sub of 255 characters', () => ({ claims: { sub: 'x'.repeat(255) } })],
  ])('%s', async (_what, token) => {
    bench.op.idToken = token();
    expect((await validated()).idToken.iss).toBe(bench.op.issuer);
  });
});

describe('[R16] what an ID token must be', () => {
  const now = (): number => bench.op.now;
  it.each<[what: string, code: string, token: () => CrookedToken]>([
    // signature
    ['a signature of another key', 'jwt_signature', () => ({ sign: { key: stranger } })],
    ['a kid that nobody has', 'jwt_key', () => ({ sign: { kid: 'nobody' } })],
    ['[R30] alg none', 'jwt_alg', () => ({ sign: { alg: 'none' } })],
    ['[R30] alg nOnE', 'jwt_alg', () => ({ sign: { alg: 'none', header: { alg: 'nOnE' } } })],
    ['[R29] alg ES256, where RS256 was agreed on', 'jwt_alg', () => ({ sign: { alg: 'ES256' } })],
    ['[R29] alg PS256 by the same key', 'jwt_alg', () => ({ sign: { alg: 'PS256' } })],
    ['[R29] HS256 by the public key', 'jwt_alg', () => ({ sign: { alg: 'HS256', key: Buffer.from('public') } })],
    [
      '[R28] crit',
      'jwt_crit',
      () => ({ raw: unsigned({ alg: 'RS256', kid: 'rsa', crit: ['exp'], exp: 1 }, {}, 'AAAA') }),
    ],
    [
      '[R27] a key of its own (jwk)',
      'jwt_signature',
      () => ({ sign: { key: stranger, header: { jwk: stranger.jwk } } }),
    ],
    [
      '[R27] keys of its own (jku)',
      'jwt_signature',
      () => ({ sign: { key: stranger, header: { jku: 'https://evil.example/jwks' } } }),
    ],
    ['[R32] typ logout+jwt', 'jwt_typ', () => ({ sign: { typ: 'logout+jwt' } })],
    ['[R32] typ at+jwt', 'jwt_typ', () => ({ sign: { typ: 'at+jwt' } })],
    ['[R32] typ application/at+jwt', 'jwt_typ', () => ({ sign: { typ: 'application/at+jwt' } })],
    ['no JWT', 'jwt_malformed', () => ({ raw: 'hello' })],
    ['[R31] an encrypted one', 'jwt_key', () => ({ raw: 'eyJhbGciOiJkaXIifQ..aa.bb.cc' })],
    ['one of 70,000 characters', 'message_too_large', () => ({ raw: 'x'.repeat(65_537) })],
    // claims
    ['no iss', 'id_token_iss', () => ({ claims: { iss: undefined } })],
    ['another iss', 'id_token_iss', () => ({ claims: { iss: 'https://evil.example' } })],
    ['the iss with a slash', 'id_token_iss', () => ({ claims: { iss: `${bench.op.issuer}/` } })],
    ['no sub', 'id_token_sub', () => ({ claims: { sub: undefined } })],
    ['an empty sub', 'id_token_sub', () => ({ claims: { sub: '' } })],
    ['a sub of 256 characters', 'id_token_sub', () => ({ claims: { sub: 'x'.repeat(256) } })],
    ['a sub that is a number', 'id_token_sub', () => ({ claims: { sub: 5 } })],
    ['no aud', 'id_token_aud', () => ({ claims: { aud: undefined } })],
    ['an empty aud', 'id_token_aud', () => ({ claims: { aud: [] } })],
    ['another aud', 'id_token_aud', () => ({ claims: { aud: 'another' } })],
    ['an aud that contains our name', 'id_token_aud', () => ({ claims: { aud: 'app2' } })],
    ['an untrusted aud beside us', 'id_token_aud', () => ({ claims: { aud: ['app', 'another'], azp: 'app' } })],
    ['another azp', 'id_token_azp', () => ({ claims: { azp: 'another' } })],
    ['no exp', 'id_token_exp', () => ({ claims: { exp: undefined } })],
    ['[R90] exp in the past', 'id_token_exp', () => ({ claims: { exp: now() - 60 } })],
    ['exp in words', 'id_token_exp', () => ({ claims: { exp: 'tomorrow' } })],
    ['no iat', 'id_token_iat', () => ({ claims: { iat: undefined } })],
    ['[R90] iat in the future', 'id_token_iat', () => ({ claims: { iat: now() + 61 } })],
    ['[R90] nbf in the future', 'id_token_nbf', () => ({ claims: { nbf: now() + 61 } })],
    ['[R4] no nonce', 'id_token_nonce', () => ({ claims: { nonce: undefined } })],
    ['[R4] another nonce', 'id_token_nonce', () => ({ claims: { nonce: 'A'.repeat(43) } })],
    ['[R4] an empty nonce', 'id_token_nonce', () => ({ claims: { nonce: '' } })],
    ['[R4] null for a nonce', 'id_token_nonce', () => ({ claims: { nonce: null } })],
    ['[R17] another at_hash', 'id_token_hash', () => ({ claims: { at_hash: 'A'.repeat(22) } })],
    ['[R17] an at_hash that is no text', 'id_token_hash', () => ({ claims: { at_hash: 5 } })],
  ])('refuses %s: %s', async (_what, code, token) => {
    bench.op.idToken = token();
    const error = await refusal(() => validated());
    expect(error).toMatchObject({ code });
    expect(error.message).not.toMatch(/AAAA/);
  });
});

describe('[R29] the algorithm', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('%s, where it is configured', async (alg) => {
    bench.op.published = Object.values(bench.op.keys).map(({ jwk: { alg: _alg, ...jwk } }) => jwk);
    bench.op.idToken = { sign: { alg } };
    expect((await validated({ idTokenSignedResponseAlg: alg })).idToken.sub).toBe('ada');
  });

  it('is the only one of the metadata', async () => {
    bench.op.metadata = { id_token_signing_alg_values_supported: ['none', 'HS256', 'ES256'] };
    bench.op.idToken = { sign: { alg: 'ES256' } };
    expect((await validated()).idToken.sub).toBe('ada');
  });

  it('HS256, configured, by the client secret', async () => {
    const options: PartyOptions = { idTokenSignedResponseAlg: 'HS256', clientSecret: 'x'.repeat(32) };
    bench.op.clientSecret = options.clientSecret;
    bench.op.idToken = { sign: { alg: 'HS256' } };
    expect((await validated(options)).idToken.sub).toBe('ada');
    bench.op.idToken = { sign: { alg: 'HS256', key: Buffer.from('y'.repeat(32)) } };
    expect(await refusal(() => validated(options))).toMatchObject({ code: 'jwt_signature' });
  });

  it('HS256 alone in the metadata is a matter of configuration', async () => {
    bench.op.metadata = { id_token_signing_alg_values_supported: ['HS256'] };
    const error = await refusal(() => validated());
    expect(error).toMatchObject({ code: 'unsupported_algorithm', status: 500 });
    expect(error.message).toContain('idTokenSignedResponseAlg');
  });
});

describe('[R31] encrypted', () => {
  const [first, second] = [makeKey('RSA'), makeKey('P-256')];
  const decryptionKeys = [first.privateKey, second.privateKey];
  const to = ({ jwk }: TestKey, alg: string): CrookedToken => ({
    sign: { encrypt: { for: createPublicKey({ key: { ...jwk }, format: 'jwk' }), alg } },
  });

  it.each([
    ['RSA-OAEP-256', first],
    ['ECDH-ES+A256KW', second],
  ])('by %s for one of our keys: what a logout shows is the signed text within', async (alg, key) => {
    bench.op.idToken = to(key, alg);
    const { idToken, jws } = await validated({ decryptionKeys, idTokenEncryptedResponseAlg: alg });
    expect(idToken.sub).toBe('ada');
    expect(jws.split('.')).toHaveLength(3);
  });

  it('or not, where nothing was agreed on', async () => {
    expect((await validated({ decryptionKeys })).idToken.sub).toBe('ada');
  });

  it.each<[string, () => CrookedToken, string]>([
    ['only signed, where encryption was agreed on', () => ({}), 'jwt_alg'],
    ['by another algorithm', () => to(first, 'RSA-OAEP'), 'jwt_alg'],
    ['for somebody else', () => to(stranger, 'RSA-OAEP-256'), 'jwt_key'],
  ])('%s: refused', async (_what, token, code) => {
    bench.op.idToken = token();
    const options = { decryptionKeys, idTokenEncryptedResponseAlg: 'RSA-OAEP-256' };
    expect(await refusal(() => validated(options))).toMatchObject({ code });
  });
});

describe('[R17] at_hash', () => {
  it.each([
    ['RS256', 'sha256'],
    ['EdDSA', 'sha512'],
  ])('by %s is the left half of %s', async (alg, hash) => {
    bench.op.token = { members: { access_token: 'access-token-of-ada' } };
    const digest = createHash(hash).update('access-token-of-ada').digest();
    const at_hash = digest.subarray(0, digest.length / 2).toString('base64url');
    bench.op.idToken = { claims: { at_hash }, sign: { alg } };
    expect((await validated({ idTokenSignedResponseAlg: alg })).idToken.sub).toBe('ada');
    bench.op.idToken = { claims: { at_hash: digest.toString('base64url') }, sign: { alg } };
    const error = await refusal(() => validated({ idTokenSignedResponseAlg: alg }));
    expect(error).toMatchObject({ code: 'id_token_hash' });
  });
});

it('other audiences pass when they are trusted, with azp', async () => {
  const options = { extraTrustedAudiences: ['api'] };
  bench.op.idToken = { claims: { aud: ['api', 'app'], azp: 'app' } };
  expect((await validated(options)).idToken.azp).toBe('app');
  bench.op.idToken = { claims: { aud: ['api', 'app'] } };
  expect(await refusal(() => validated(options))).toMatchObject({ code: 'id_token_azp' });
});

describe('[R18] max_age', () => {
  it.each<[what: string, authTime: (now: number) => unknown, verdict: string]>([
    ['in time', (now) => now - 60, 'passes'],
    ['late within the tolerance', (now) => now - 120, 'passes'],
    ['late', (now) => now - 121, 'id_token_auth_time'],
    ['missing', () => undefined, 'id_token_auth_time'],
    ['null', () => null, 'id_token_auth_time'],
  ])('auth_time that is %s: %s', async (_what, authTime, verdict) => {
    bench.op.idToken = { claims: { auth_time: authTime(bench.op.now) } };
    const ask = (): Promise<ValidatedIdToken> => validated({}, { params: { max_age: 60 } });
    const came = verdict === 'passes' ? (await ask(), verdict) : (await refusal(ask)).code;
    expect(came).toBe(verdict);
  });

  it('counts from when the login began, however long the user took', async () => {
    const later = (): void => bench.clock.advance(200_000);
    expect((await validated({}, { params: { max_age: 0 }, later })).idToken.sub).toBe('ada');
  });
});

describe('[R25] [R26] keys', () => {
  it('that change just before signing are found', async () => {
    const client = bench.client();
    const first = await bench.answered(client);
    await validateIdToken(client, await tokensOf(client, first), first.login);
    const fresh = makeKey('RSA', { kid: 'fresh', use: 'sig' });
    bench.op.published = [fresh.jwk];
    bench.op.idToken = { sign: { key: fresh } };
    const second = await bench.answered(client);
    const { idToken } = await validateIdToken(client, await tokensOf(client, second), second.login);
    expect(idToken.sub).toBe('ada');
    expect(bench.op.at('/jwks')).toHaveLength(2);
  });

  it('for encryption verify nothing', async () => {
    bench.op.published = [{ ...bench.op.keys.rsa.jwk, use: 'enc' }];
    expect(await refusal(() => validated())).toMatchObject({ code: 'no_usable_key', status: 503 });
  });

  it('too short verify nothing', async () => {
    const short = makeKey('RSA-1024', { kid: 'short' });
    bench.op.published = [short.jwk];
    expect(await refusal(() => validated())).toMatchObject({ code: 'no_usable_key', status: 503 });
  });

  it('that cannot be had are no fault of the token', async () => {
    const error = await refusal(() => validated({}, { later: () => bench.op.stop() }));
    await bench.op.listen();
    expect(error).toMatchObject({ code: 'op_unreachable', status: 503 });
  });
});

async function tokensOf(
  client: ReturnType<LoginBench['client']>,
  { login, callback }: Awaited<ReturnType<LoginBench['answered']>>,
): ReturnType<typeof exchangeCode> {
  return exchangeCode(client, await readCallback(client, callback, login), login);
}
