import { AccessTokens, type Made } from '../../test/access-tokens.js';
import { makeKey, sign, unsigned } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import type { TokenIssuer } from './token-issuer.js';
import type { TokenIssuerOptions } from './token-options.js';
import { isJws, readToken, type SignedToken, verifyAccessToken } from './verify-access-token.js';

const ec = makeKey('P-256', { kid: 'ec' });
const ed = makeKey('Ed25519', { kid: 'ed' });
const strange = makeKey('RSA', { kid: 'rsa' });
const secret = 'a secret of at least thirty-two bytes';
const moment = { tolerance: 60 };
const mark = (recognise: NonNullable<TokenIssuerOptions['lenient']>['recognise']): Partial<TokenIssuerOptions> => ({
  lenient: { recognise },
});

let tokens: AccessTokens;
beforeAll(async () => {
  tokens = await AccessTokens.start();
  tokens.op.keys = [...(tokens.op.keys as object[]), ec.jwk, ed.jwk];
});
afterAll(() => tokens.stop());

function verify(token: string, issuer: TokenIssuer): SignedToken | Promise<SignedToken> {
  const { now } = tokens;
  return verifyAccessToken(readToken(token, new Map()), issuer, { ...moment, now, latest: now + 60 });
}

async function codeOf(token: string, options: Partial<TokenIssuerOptions> = {}): Promise<string> {
  return (await refusal(() => verify(token, tokens.tokenIssuer(options)))).code;
}

describe('[R74] an access token by RFC 9068', () => {
  it('is good, and says by which key; at once where the key is at hand', async () => {
    const issuer = tokens.tokenIssuer();
    const token = await tokens.token();
    const first = verify(token, issuer);
    expect(first).toBeInstanceOf(Promise);
    const { claims, key } = await first;
    expect([claims.sub, key]).toEqual(['ada', issuer.keyList?.[0]?.key]);
    expect(verify(token, issuer)).toEqual({ claims, key });
  });

  it.each<[string, Made, Partial<TokenIssuerOptions>?]>([
    ['typ with application/', { header: { typ: 'application/at+jwt' } }],
    ['typ in other cases', { header: { typ: 'AT+JWT' } }],
    ['no kid', { header: { kid: undefined } }],
    ['a curve', { header: { alg: 'ES256', kid: 'ec' }, key: ec }],
    ['EdDSA', { header: { alg: 'EdDSA', kid: 'ed' }, key: ed }],
    ['PS256 by a key that names no algorithm', { header: { alg: 'PS256' } }],
    ['several audiences', { claims: { aud: ['https://other.example', 'https://api.example'] } }],
    ['another of our names', {}, { audience: ['https://old.example', 'https://api.example'] }],
    ['azp in place of client_id', { claims: { client_id: undefined, azp: 'web' } }],
    ['exp within the tolerance', { claims: { exp: 1_799_999_941 } }],
    ['nbf and iat within the tolerance', { claims: { nbf: 1_800_000_060, iat: 1_800_000_060 } }],
    ['fractions of seconds', { claims: { exp: 1_800_000_000.5, iat: 1_799_999_999.5 } }],
    ['a secret', { header: { alg: 'HS256' }, key: Buffer.from(secret) }, { secret }],
    [
      'a longer hash by a secret',
      { header: { alg: 'HS512' }, key: Buffer.from(secret) },
      { secret, algorithms: ['HS512'] },
    ],
    ['a key in its header that nobody looks at', { header: { jwk: strange.jwk, jku: 'https://evil.example' } }],
  ])('is good with %s', async (_name, made, options = {}) => {
    expect((await verify(await tokens.token(made), tokens.tokenIssuer(options))).claims.sub).toBe('ada');
  });

  it.each<[string, string, Made, Partial<TokenIssuerOptions>?]>([
    ['[R77] an algorithm that is not configured', 'jwt_alg', {}, { algorithms: ['ES256'] }],
    ['[R29] HS256 where keys verify', 'jwt_alg', { header: { alg: 'HS256' }, key: Buffer.from(secret) }],
    ['[R29] RS256 where a secret verifies', 'jwt_alg', {}, { secret }],
    ['HS512 where HS256 is meant', 'jwt_alg', { header: { alg: 'HS512' }, key: Buffer.from(secret) }, { secret }],
    ['[D16] another kind of key than the algorithm’s', 'jwt_key', { header: { alg: 'ES256' }, key: ec }],
    ['[R75] an ID token, by its typ', 'jwt_typ', { header: { typ: 'JWT' } }],
    ['[R75] an ID token without typ', 'jwt_typ', { header: { typ: undefined } }],
    ['[R75] a logout token', 'jwt_typ', { header: { typ: 'logout+jwt' } }],
    ['[R75] a DPoP proof', 'jwt_typ', { header: { typ: 'dpop+jwt' } }],
    ['[R75] a request object', 'jwt_typ', { header: { typ: 'oauth-authz-req+jwt' } }],
    ['[R75] an introspection answer', 'jwt_typ', { header: { typ: 'token-introspection+jwt' } }],
    ['a typ that begins like ours', 'jwt_typ', { header: { typ: 'at+jwt;x' } }],
    ['a typ behind two prefixes', 'jwt_typ', { header: { typ: 'application/application/at+jwt' } }],
    ['the signature of somebody else', 'jwt_signature', { key: strange }],
    ['another secret', 'jwt_signature', { header: { alg: 'HS256' }, key: Buffer.from('x'.repeat(32)) }, { secret }],
    ['a kid that nobody has', 'jwt_key', { header: { kid: 'none' } }],
    ['[R75] what is said to be an ID token within', 'access_token_kind', { claims: { typ: 'ID' } }],
    ['[R75] a logout token within', 'access_token_kind', { claims: { events: {} } }],
    ['[R75] a refresh token within', 'access_token_kind', { claims: { token_use: 'refresh' } }],
    ['another issuer', 'access_token_iss', { claims: { iss: 'https://evil.example' } }],
    ['no issuer', 'access_token_iss', { claims: { iss: undefined } }],
    ['[D14] another audience', 'access_token_aud', { claims: { aud: 'https://other.example' } }],
    ['[D14] a part of our name', 'access_token_aud', { claims: { aud: 'https://api.example/' } }],
    ['[D14] no audience', 'access_token_claims', { claims: { aud: undefined } }],
    ['[D14] an empty list of audiences', 'access_token_aud', { claims: { aud: [] } }],
    ['no exp', 'access_token_exp', { claims: { exp: undefined } }],
    ['an exp in text', 'access_token_exp', { claims: { exp: '1800000600' } }],
    ['an exp that is over', 'access_token_exp', { claims: { exp: 1_799_999_940 } }],
    ['an nbf to come', 'access_token_nbf', { claims: { nbf: 1_800_000_061 } }],
    ['an iat to come', 'access_token_iat', { claims: { iat: 1_800_000_061 } }],
    ['no iat', 'access_token_claims', { claims: { iat: undefined } }],
    ['no sub', 'access_token_claims', { claims: { sub: undefined } }],
    ['no client', 'access_token_claims', { claims: { client_id: undefined } }],
    ['an empty client', 'access_token_claims', { claims: { client_id: '' } }],
    ['no jti', 'access_token_claims', { claims: { jti: undefined } }],
    ['an empty jti', 'access_token_claims', { claims: { jti: '' } }],
    ['a sub that is a number', 'invalid_message', { claims: { sub: 5 } }],
    ['a sub that is null', 'invalid_message', { claims: { sub: null } }],
    ['a scope that is none', 'invalid_message', { claims: { scope: { a: 1 } } }],
  ])('is refused with %s', async (_name, code, made, options = {}) => {
    expect(await codeOf(await tokens.token(made), options)).toBe(code);
  });

  it('[R29] is refused where its HMAC is keyed with the issuer’s public key, however that is written', async () => {
    const { jwk } = (tokens.op.keys as { kid: string }[]).map((each) => ({ jwk: each }))[0]!;
    for (const key of [JSON.stringify(jwk), String((jwk as { n?: string }).n)])
      expect(await codeOf(await tokens.token({ header: { alg: 'HS256' }, key: Buffer.from(key) }))).toBe('jwt_alg');
  });

  it('[R30] is refused unsigned, whatever is configured', async () => {
    const none = unsigned({ alg: 'none', typ: 'at+jwt' }, tokens.claims());
    for (const options of [{}, { secret }, mark('scope')]) expect(await codeOf(none, options)).toBe('jwt_alg');
    const [header, payload] = (await tokens.token()).split('.');
    expect(await codeOf(`${header}.${payload}.`)).toBe('jwt_signature');
  });

  it('[R28] is refused with crit, and where it is no JSON', async () => {
    const read = (token: string): unknown => readToken(token, new Map());
    const crit = unsigned({ alg: 'RS256', typ: 'at+jwt', crit: ['x'], x: 1 }, tokens.claims(), 'x');
    expect(await refusal(() => read(crit))).toMatchObject({ code: 'jwt_crit' });
    for (const token of [
      'e30.e30.',
      'x.y.z',
      `${unsigned({ alg: 'RS256' }, 'no json')}`,
      unsigned({ alg: 1 }),
      unsigned({ alg: 'RS256' }, []),
    ])
      expect(await refusal(() => read(token))).toMatchObject({ code: 'jwt_malformed' });
  });

  it('[R94] is refused with __proto__ in it, at any depth', async () => {
    const header = { alg: 'RS256', kid: 'rsa', typ: 'at+jwt' };
    const claims = JSON.stringify(tokens.claims({ deep: 'PROTO' })).replace('"PROTO"', '{"__proto__":{"x":1}}');
    const [first] = tokens.op.keys as object[];
    expect(first).toBeDefined();
    const signed = await tokens.signed(header, claims);
    expect(await codeOf(signed)).toBe('invalid_message');
    const shallow = await tokens.signed(header, claims.replace('{', '{"__proto__":{"aud":"https://api.example"},'));
    expect(await refusal(() => readToken(shallow, new Map()))).toMatchObject({ code: 'jwt_malformed' });
  });

  it('shows nothing that the token holds beyond what was expected', async () => {
    const token = await tokens.token({ claims: { jti: '', sub: 'very private' } });
    const { message } = await refusal(() => verify(token, tokens.tokenIssuer()));
    expect(message).toBe('Expected jti in an access token, came none.');
  });
});

describe('[RULE 5.6] [R74] where the issuer is taken leniently', () => {
  const jwt: Made = { header: { typ: 'JWT' } };
  const least = { client_id: undefined, jti: undefined, iat: undefined, sub: undefined };

  it.each<[string, Made, Partial<TokenIssuerOptions>]>([
    ['scope', { ...jwt, claims: least }, mark('scope')],
    ['scope and no typ', { header: { typ: undefined }, claims: least }, mark('scope')],
    ['scope and the typ of RFC 9068', { claims: least }, mark('scope')],
    ['an empty scope: it is there', { ...jwt, claims: { scope: '' } }, mark('scope')],
    ['scp', { ...jwt, claims: { scope: undefined, scp: ['read'] } }, mark('scp')],
    ['a claim', { ...jwt, claims: { typ: 'Bearer' } }, mark({ claim: 'typ', value: 'Bearer' })],
    ['a claim in a list', { ...jwt, claims: { use: ['a', 'access'] } }, mark({ claim: 'use', value: 'access' })],
  ])('a token passes by its mark: %s', async (_name, made, options = {}) => {
    expect((await verify(await tokens.token(made), tokens.tokenIssuer(options))).claims.aud).toBe(tokens.audience);
  });

  it.each<[string, string, Made, Partial<TokenIssuerOptions>]>([
    [
      '[R75] an ID token, which has no scope',
      'access_token_kind',
      { ...jwt, claims: { scope: undefined, nonce: 'n' } },
      mark('scope'),
    ],
    ['a scope that is null', 'access_token_kind', { ...jwt, claims: { scope: null } }, mark('scope')],
    [
      'scp where scope is the mark',
      'access_token_kind',
      { ...jwt, claims: { scope: undefined, scp: 'a' } },
      mark('scope'),
    ],
    ['another value', 'access_token_kind', { ...jwt, claims: { use: 'id' } }, mark({ claim: 'use', value: 'access' })],
    [
      'a part of the value',
      'access_token_kind',
      { ...jwt, claims: { use: 'accessed' } },
      mark({ claim: 'use', value: 'access' }),
    ],
    ['a claim that every object has', 'access_token_kind', jwt, mark({ claim: 'constructor', value: 'x' })],
    [
      '[R75] the mark on an ID token of Keycloak’s',
      'access_token_kind',
      { ...jwt, claims: { typ: 'ID' } },
      mark('scope'),
    ],
    ['[R75] the mark on a refresh token', 'access_token_kind', { ...jwt, claims: { typ: 'Refresh' } }, mark('scope')],
    ['[R75] the mark on an offline token', 'access_token_kind', { ...jwt, claims: { typ: 'Offline' } }, mark('scope')],
    ['[R75] the mark on a logout token', 'access_token_kind', { ...jwt, claims: { events: {} } }, mark('scope')],
    [
      '[R75] the mark on an ID token of Cognito’s',
      'access_token_kind',
      { ...jwt, claims: { token_use: 'id' } },
      mark('scope'),
    ],
    ['[R75] a DPoP proof', 'jwt_typ', { header: { typ: 'dpop+jwt' } }, mark('scope')],
    ['[R75] a logout token by its typ', 'jwt_typ', { header: { typ: 'logout+jwt' } }, mark('scope')],
    ['[R75] a request object', 'jwt_typ', { header: { typ: 'oauth-authz-req+jwt' } }, mark('scope')],
    ['[R75] an introspection answer', 'jwt_typ', { header: { typ: 'token-introspection+jwt' } }, mark('scope')],
    ['an empty typ', 'jwt_typ', { header: { typ: '' } }, mark('scope')],
    ['[D14] no audience', 'access_token_aud', { ...jwt, claims: { aud: undefined } }, mark('scope')],
    ['no exp', 'access_token_exp', { ...jwt, claims: { exp: undefined } }, mark('scope')],
    ['another issuer', 'access_token_iss', { ...jwt, claims: { iss: 'https://evil.example' } }, mark('scope')],
  ])('a token is refused: %s', async (_name, code, made, options = {}) => {
    expect(await codeOf(await tokens.token(made), options)).toBe(code);
  });
});

it('tries ten keys at most where a token names none', async () => {
  const many = await AccessTokens.start();
  const keys = Array.from({ length: 11 }, () => makeKey('P-256'));
  many.op.keys = keys.map(({ jwk }) => jwk);
  const signed = (n: number): Promise<string> => sign(keys[n]!, { alg: 'ES256', typ: 'at+jwt' }, many.claims());
  const issuer = many.tokenIssuer();
  expect((await verify(await signed(9), issuer)).claims.sub).toBe('ada');
  expect(await refusal(async () => verify(await signed(10), issuer))).toMatchObject({ code: 'jwt_signature' });
  await many.stop();
});

it.each([
  ['a.b.c', true],
  ['a.b.', true],
  ['a.b', false],
  ['a.b.c.d', false],
  ['.b.c', false],
  ['a.b.c=', false],
  ['a.b.c\n', false],
  ['opaque', false],
])('%j looks like a signed JWT: %s', (text, expected) => {
  expect(isJws(text)).toBe(expected);
});
