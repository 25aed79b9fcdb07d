import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { OidcError } from '../errors.js';
import { BackChannelLogoutToken, backChannelLogoutEvent, IdToken } from './index.js';

const claims = { iss: 'https://op.example', sub: 'u', aud: 'c', exp: 2, iat: 1 };
const logout = { ...claims, jti: 'j', events: { [backChannelLogoutEvent]: {} } };
const options = { algorithms: ['ES256'] };
let key: CryptoKey;
let keys: { keys: JWK[] };

beforeAll(async () => {
  const pair = await generateKeyPair('ES256');
  key = pair.privateKey;
  keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k' }] };
});

const sign = (payload: Record<string, unknown>, typ?: string): Promise<string> =>
  new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'k', ...(typ !== undefined && { typ }) }).sign(key);

async function verdict(run: Promise<unknown>): Promise<string> {
  try {
    await run;
    return 'accepted';
  } catch (error) {
    if (error instanceof OidcError) return error.code;
    throw error;
  }
}

describe('fromJwt', () => {
  it('[R16] verifies, then reads', async () => {
    const token = await IdToken.fromJwt<{ roles: string[] }>(await sign({ ...claims, roles: ['a'] }), keys, options);
    expect(token).toBeInstanceOf(IdToken);
    expect(token.roles).toEqual(['a']);
  });

  it('[R16] reads nothing that is not signed', async () => {
    const jwt = await sign({ iss: 5 });
    const [header, payload] = jwt.split('.');
    expect(await verdict(IdToken.fromJwt(jwt, keys, options))).toBe('id_token_iss');
    expect(await verdict(IdToken.fromJwt(`${header}.${payload}.AAAA`, keys, options))).toBe('jwt_signature');
    expect(await verdict(IdToken.fromJwt(jwt, keys, { algorithms: ['RS256'] }))).toBe('jwt_alg');
  });

  it.each<[string, unknown, unknown, string]>([
    ['no keys', undefined, options, 'keys to be a JWK set'],
    ['a text in place of a key', 'key', options, 'keys to be a JWK set'],
    ['keys that are no list', { keys: 'key' }, options, 'keys to be a JWK set'],
    ['no options', { keys: [] }, undefined, 'algorithms to be a list'],
    ['no algorithms', { keys: [] }, {}, 'algorithms to be a list'],
    ['one algorithm in place of a list', { keys: [] }, { algorithms: 'ES256' }, 'algorithms to be a list'],
    ['algorithms that are no text', { keys: [] }, { algorithms: [undefined] }, 'algorithms to be a list'],
  ])('[R29] says what is missing of %s, before it looks at the token', async (_what, given, how, message) => {
    const read = IdToken.fromJwt(await sign(claims), given as never, how as never);
    await expect(read).rejects.toMatchObject({ code: 'invalid_option' });
    await expect(read).rejects.toThrow(message);
  });

  it.each<[string | undefined, boolean | undefined, string, string]>([
    [undefined, undefined, 'accepted', 'accepted'],
    ['JWT', undefined, 'accepted', 'accepted'],
    ['jwt', undefined, 'accepted', 'accepted'],
    ['logout+jwt', undefined, 'jwt_typ', 'accepted'],
    ['application/logout+jwt', undefined, 'jwt_typ', 'accepted'],
    ['at+jwt', undefined, 'jwt_typ', 'jwt_typ'],
    ['dpop+jwt', undefined, 'jwt_typ', 'jwt_typ'],
    [undefined, true, 'accepted', 'jwt_typ'],
    ['JWT', true, 'accepted', 'jwt_typ'],
    ['Logout+JWT', true, 'jwt_typ', 'accepted'],
    ['at+jwt', false, 'jwt_typ', 'jwt_typ'],
  ])(
    '[R32] typ %p, strict %p: %s as ID token, %s as logout token',
    async (typ, strictTyp, asIdToken, asLogoutToken) => {
      const jwt = await sign(logout, typ);
      const typed = { ...options, ...(strictTyp !== undefined && { strictTyp }) };
      expect(await verdict(IdToken.fromJwt(jwt, keys, typed))).toBe(asIdToken);
      expect(await verdict(BackChannelLogoutToken.fromJwt(jwt, keys, typed))).toBe(asLogoutToken);
    },
  );
});
