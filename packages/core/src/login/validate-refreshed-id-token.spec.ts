import { createHash, createPublicKey } from 'node:crypto';
import type { SignOptions } from '../../test/crooked-answer.js';
import { makeKey } from '../../test/keys.js';
import { LogoutBench } from '../../test/logout-bench.js';
import { refusal } from '../../test/refusal.js';
import type { PartyOptions } from '../../test/relying-party.js';
import { IdToken } from '../messages/index.js';
import { validateRefreshedIdToken } from './validate-refreshed-id-token.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

type Members = Record<string, unknown>;

const accessToken = 'the-new-access-token';
const leftHalf = (text: string): string =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

interface Refresh {
  /** Claims of the login's ID token in place of the right ones; undefined takes one away. */
  readonly first?: Members;
  /** Claims of the refreshed one. */
  readonly claims?: Members;
  readonly sign?: SignOptions;
  readonly jwt?: string;
  /** Seconds between the two. */
  readonly after?: number;
  readonly options?: PartyOptions;
}

/** Validates the ID token of a refresh that comes an hour after its login. */
async function validate({ first, claims, sign, jwt, after = 3600, options }: Refresh): Promise<void> {
  const { client } = await bench.party(options);
  const login = { ...bench.op.idTokenClaims('app', 'the nonce of the login'), ...first };
  bench.clock.advance(after * 1000);
  const { now } = bench.op;
  const right = { ...login, iat: now, exp: now + 300, nonce: undefined, ...claims };
  await validateRefreshedIdToken(client, {
    jwt: jwt ?? (await bench.op.sign(right, sign)),
    accessToken,
    original: IdToken.fromJson(JSON.stringify(login)),
  });
}

describe('[R20] an ID token that continues its login', () => {
  it.each<[string, Refresh]>([
    ['without a nonce', {}],
    ['with the nonce of the login', { claims: { nonce: 'the nonce of the login' } }],
    ['without auth_time', { claims: { auth_time: undefined } }],
    ['without a sid', { claims: { sid: undefined } }],
    ['with auth_time, where the login had none', { first: { auth_time: undefined }, claims: { auth_time: 5 } }],
    ['with our azp, as at the login', { first: { azp: 'app' } }],
    ['for us alone, in a list', { claims: { aud: ['app'] } }],
    ['for the same two', { first: { aud: ['app', 'api'], azp: 'app' }, options: { extraTrustedAudiences: ['api'] } }],
    [
      'for one more, whom we trust',
      { first: { azp: 'app' }, claims: { aud: ['app', 'api'] }, options: { extraTrustedAudiences: ['api'] } },
    ],
    ['with the hash of the new access token', { claims: { at_hash: leftHalf(accessToken) } }],
    ['within the same second as the login', { after: 0 }],
    ['of an OP whose clock went back within the tolerance', { after: -60 }],
  ])('%s: passes', async (_what, refresh) => {
    await expect(validate(refresh)).resolves.toBeUndefined();
  });

  it.each<[string, Refresh, string]>([
    ['of another issuer', { claims: { iss: 'https://other.example' } }, 'id_token_iss'],
    ['of the issuer with a slash', { claims: { iss: 'ISSUER/' } }, 'id_token_iss'],
    ['of no issuer', { claims: { iss: undefined } }, 'id_token_iss'],
    ['for another user', { claims: { sub: 'eve' } }, 'id_token_sub'],
    ['for the user in other case', { claims: { sub: 'Ada' } }, 'id_token_sub'],
    ['for nobody', { claims: { sub: undefined } }, 'id_token_sub'],
    ['for another client', { claims: { aud: 'other' } }, 'id_token_aud'],
    ['for nothing', { claims: { aud: undefined } }, 'id_token_aud'],
    ['for one more, whom we do not trust', { first: { azp: 'app' }, claims: { aud: ['app', 'eve'] } }, 'id_token_aud'],
    [
      'for us, but not for the other of the login',
      {
        first: { aud: ['app', 'api'], azp: 'app' },
        claims: { aud: 'app' },
        options: { extraTrustedAudiences: ['api'] },
      },
      'id_token_aud',
    ],
    ['with an azp that the login had not', { claims: { azp: 'app' } }, 'id_token_azp'],
    ['without the azp of the login', { first: { azp: 'app' }, claims: { azp: undefined } }, 'id_token_azp'],
    ['with another azp', { first: { azp: 'app' }, claims: { azp: 'other' } }, 'id_token_azp'],
    ['with another auth_time', { claims: { auth_time: 5 } }, 'id_token_auth_time'],
    ['issued before the login, beyond the tolerance', { after: -61 }, 'id_token_iat'],
    ['without iat', { claims: { iat: undefined } }, 'id_token_iat'],
    ['with another nonce', { claims: { nonce: 'another' } }, 'id_token_nonce'],
    [
      'with a nonce, where the login had none',
      { first: { nonce: undefined }, claims: { nonce: 'any' } },
      'id_token_nonce',
    ],
    ['that has expired', { claims: { exp: 1 } }, 'id_token_exp'],
    ['that is not valid yet', { claims: { nbf: 253402300799 } }, 'id_token_nbf'],
    ['from the future', { claims: { iat: 253402300799 } }, 'id_token_iat'],
    ['with the hash of another access token', { claims: { at_hash: leftHalf('another') } }, 'id_token_hash'],
    ['with a hash that is no text', { claims: { at_hash: 5 } }, 'id_token_hash'],
  ])('%s: refused', async (_what, { claims, ...refresh }, code) => {
    const named = claims?.iss === 'ISSUER/' ? { ...claims, iss: `${bench.op.issuer}/` } : claims;
    expect((await refusal(() => validate({ ...refresh, ...(named && { claims: named }) }))).code).toBe(code);
  });
});

describe('[R16] [R20] its signature', () => {
  it.each<[string, Refresh, string]>([
    ['none', { sign: { alg: 'none' } }, 'jwt_alg'],
    ['by another algorithm of the OP', { sign: { alg: 'ES256' } }, 'jwt_alg'],
    ['HS256 with the client secret', { sign: { alg: 'HS256', key: Buffer.from('the-client-secret') } }, 'jwt_alg'],
    ["by somebody else's key under the OP's kid", { sign: { key: makeKey('RSA'), kid: 'rsa' } }, 'jwt_signature'],
    ['of another kind of token', { sign: { typ: 'logout+jwt' } }, 'jwt_typ'],
    ['no JWT at all', { jwt: 'abc' }, 'jwt_malformed'],
    ['an empty text', { jwt: '' }, 'jwt_malformed'],
  ])('%s: refused', async (_what, refresh, code) => {
    expect((await refusal(() => validate(refresh))).code).toBe(code);
  });

  it('a key that the OP published just now is fetched', async () => {
    bench.op.published = [bench.op.keys.ec.jwk];
    const { client } = await bench.party();
    const original = IdToken.fromJson(JSON.stringify(bench.op.idTokenClaims('app', null)));
    const jwt = await bench.op.sign(bench.op.idTokenClaims('app', null));
    await refusal(() => validateRefreshedIdToken(client, { jwt, accessToken, original }));
    bench.op.published = undefined;
    bench.clock.advance(10_000);
    await expect(validateRefreshedIdToken(client, { jwt, accessToken, original })).resolves.toBeUndefined();
  });

  it('[R31] within an encryption for us, which it must come with where that was agreed on', async () => {
    const { privateKey, jwk } = makeKey('RSA');
    const options = { decryptionKeys: [privateKey], idTokenEncryptedResponseAlg: 'RSA-OAEP-256' };
    const encrypt = { for: createPublicKey({ key: { ...jwk }, format: 'jwk' }) };
    await expect(validate({ sign: { encrypt }, options })).resolves.toBeUndefined();
    expect((await refusal(() => validate({ options }))).code).toBe('jwt_alg');
  });

  it('by the one algorithm that is configured', async () => {
    const options = { idTokenSignedResponseAlg: 'ES256' };
    await expect(validate({ sign: { alg: 'ES256' }, options })).resolves.toBeUndefined();
    expect((await refusal(() => validate({ options }))).code).toBe('jwt_alg');
  });
});
