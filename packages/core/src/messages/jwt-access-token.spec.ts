import { OidcError } from '../errors.js';
import { JwtAccessToken } from './index.js';

// RFC 9068 section 3, its example.
const claims = {
  iss: 'https://authorization-server.example.com/',
  sub: '5ba552d67',
  aud: 'https://rs.example.com/',
  exp: 1639528912,
  iat: 1618354090,
  jti: 'dbe39bf3a3ba4238a513f51d6e1691c4',
  client_id: 's6BhdRkqt3',
  scope: 'openid profile reademail',
};
const known = { issuer: claims.iss, audience: claims.aud, now: 1618354100 };
type Changes = Record<string, unknown>;

function validated(change: Changes, expect: Changes = {}): string {
  try {
    JwtAccessToken.fromJson({ ...claims, ...change }).validate({ ...known, ...expect });
    return 'accepted';
  } catch (error) {
    if (error instanceof OidcError) return error.code;
    throw error;
  }
}

it.each<[string, Changes, Changes, string]>([
  ['nothing', {}, {}, 'accepted'],
  ['another issuer', { iss: 'https://wrong.example.com' }, {}, 'access_token_iss'],
  ['an issuer without its slash', { iss: claims.iss.slice(0, -1) }, {}, 'access_token_iss'],
  ['no issuer', { iss: undefined }, {}, 'access_token_iss'],
  ['another audience', { aud: 'https://other.example.com/' }, {}, 'access_token_aud'],
  ['no audience', { aud: undefined }, {}, 'access_token_aud'],
  ['an empty audience', { aud: [] }, {}, 'access_token_aud'],
  ['a null audience', { aud: null }, {}, 'access_token_aud'],
  ['our audience among others', { aud: ['https://other.example.com/', claims.aud] }, {}, 'accepted'],
  ['one of our names', {}, { audience: ['api', claims.aud] }, 'accepted'],
  ['none of our names', {}, { audience: ['api', 'other'] }, 'access_token_aud'],
  ['an exp that is now', { exp: known.now }, {}, 'access_token_exp'],
  ['an exp within the tolerance', { exp: known.now - 59 }, { clockTolerance: 60 }, 'accepted'],
  ['no exp', { exp: undefined }, {}, 'access_token_exp'],
  ['an nbf in the future', { nbf: known.now + 11 }, {}, 'access_token_nbf'],
  ['an nbf 10 s ahead', { nbf: known.now + 10 }, {}, 'accepted'],
  ['an iat in the future', { iat: known.now + 11 }, {}, 'access_token_iat'],
  ['an iat within the tolerance', { iat: known.now + 60 }, { clockTolerance: 60 }, 'accepted'],
  ['what vendors leave out', { sub: undefined, client_id: undefined, iat: undefined, jti: undefined }, {}, 'accepted'],
  ['no issuer to expect', {}, { issuer: undefined }, 'invalid_option'],
  ['no audience to expect', {}, { audience: undefined }, 'invalid_option'],
  ['an empty audience to expect', {}, { audience: '' }, 'invalid_option'],
  ['an empty name to expect', {}, { audience: [''] }, 'invalid_option'],
  ['no names to expect', {}, { audience: [] }, 'access_token_aud'],
  ['a clock that is NaN', {}, { now: NaN }, 'invalid_option'],
])('[R74] [RULE 5.2] validate on %s', (_what, change, expectations, code) => {
  expect(validated(change, expectations)).toBe(code);
});

it('reads azp for a missing client_id, and sends what came', () => {
  const { client_id: _left, ...rest } = claims;
  const token = JwtAccessToken.fromJson({ ...rest, azp: 'a' });
  expect(token.client_id).toBe('a');
  expect(token.toJSON()).toEqual({ ...rest, azp: 'a' });
  expect(JwtAccessToken.fromJson({ ...claims, azp: 'a' }).client_id).toBe(claims.client_id);
});

it('[R84] takes scope as text and as a list', () => {
  expect(JwtAccessToken.fromJson({ ...claims, scope: ['a', 'b'] }).scope).toEqual(['a', 'b']);
  expect(() => JwtAccessToken.fromJson({ ...claims, scope: 5 })).toThrow('scope must be a string or a list of strings');
});
