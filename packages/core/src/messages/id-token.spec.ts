import { OidcError } from '../errors.js';
import { IdToken } from './index.js';
import type { IdTokenExpectations } from './index.js';

// OIDC Core section 2, its example.
const claims = {
  iss: 'https://server.example.com',
  sub: '24400320',
  aud: 's6BhdRkqt3',
  nonce: 'n-0S6_WzA2Mj',
  exp: 1311281970,
  iat: 1311280970,
  auth_time: 1311280969,
  acr: 'urn:mace:incommon:iap:silver',
};
const known = { issuer: claims.iss, clientId: claims.aud, nonce: claims.nonce, now: 1311281000 };
type Changes = Record<string, unknown>;

function verdict(run: () => unknown): string {
  try {
    run();
    return 'accepted';
  } catch (error) {
    if (error instanceof OidcError) return error.code;
    throw error;
  }
}
const validated = (change: Changes, expect: Changes = {}): string =>
  verdict(() => IdToken.fromJson({ ...claims, ...change }).validate({ ...known, ...expect } as IdTokenExpectations));

describe('[RULE 5.2] validate', () => {
  // Each row: what is wrong, the claims that differ, the expectations that differ, the code.
  it.each<[string, Changes, Changes, string]>([
    ['[R16] on nothing', {}, {}, 'accepted'],
    ['[R16] on another issuer', { iss: 'https://wrong.example.com' }, {}, 'id_token_iss'],
    ['[R16] on an issuer with a slash more', { iss: `${claims.iss}/` }, {}, 'id_token_iss'],
    ['[R16] on an issuer in other letters', { iss: 'https://SERVER.example.com' }, {}, 'id_token_iss'],
    ['[R16] on no issuer', { iss: undefined }, {}, 'id_token_iss'],
    ['[R16] on no sub', { sub: undefined }, {}, 'id_token_sub'],
    ['[R16] on an empty sub', { sub: '' }, {}, 'id_token_sub'],
    ['[R16] on a sub of 256 characters', { sub: 'a'.repeat(256) }, {}, 'id_token_sub'],
    ['[R16] on a sub of 255 characters', { sub: 'a'.repeat(255) }, {}, 'accepted'],
    ['[R16] on another audience', { aud: 'other' }, {}, 'id_token_aud'],
    ['[R16] on no audience', { aud: undefined }, {}, 'id_token_aud'],
    ['[R16] on an empty audience', { aud: [] }, {}, 'id_token_aud'],
    ['[R16] on an audience that begins like ours', { aud: `${claims.aud}1` }, {}, 'id_token_aud'],
    ['[R16] on our audience as a list', { aud: [claims.aud] }, {}, 'accepted'],
    ['[R16] on an audience nobody told us of', { aud: [claims.aud, 'x'], azp: claims.aud }, {}, 'id_token_aud'],
    [
      '[R16] on a trusted audience',
      { aud: [claims.aud, 'x'], azp: claims.aud },
      { extraTrustedAudiences: ['x'] },
      'accepted',
    ],
    ['[R16] on a trusted audience without us', { aud: ['x'] }, { extraTrustedAudiences: ['x'] }, 'id_token_aud'],
    [
      '[R16] on several audiences without azp',
      { aud: [claims.aud, 'x'] },
      { extraTrustedAudiences: ['x'] },
      'id_token_azp',
    ],
    ['[R16] on another azp', { azp: 'other' }, {}, 'id_token_azp'],
    ['[R16] on our azp', { azp: claims.aud }, {}, 'accepted'],
    ['[R16] on the azp that we expect', { azp: 'other' }, { expectAzp: 'other' }, 'accepted'],
    ['[R16] on our azp where another is expected', { azp: claims.aud }, { expectAzp: 'other' }, 'id_token_azp'],
    ['[R90] on an exp that is now', { exp: known.now }, {}, 'id_token_exp'],
    ['[R90] on an exp a second away', { exp: known.now + 1 }, {}, 'accepted'],
    ['[R90] on an exp within the tolerance', { exp: known.now - 59 }, { clockTolerance: 60 }, 'accepted'],
    ['[R90] on an exp at the tolerance', { exp: known.now - 60 }, { clockTolerance: 60 }, 'id_token_exp'],
    ['[R16] on no exp', { exp: undefined }, {}, 'id_token_exp'],
    ['[R90] on an nbf 10 s ahead', { nbf: known.now + 10 }, {}, 'accepted'],
    ['[R90] on an nbf 11 s ahead', { nbf: known.now + 11 }, {}, 'id_token_nbf'],
    ['[R90] on an nbf within the tolerance', { nbf: known.now + 60 }, { clockTolerance: 60 }, 'accepted'],
    ['[R90] on an iat 10 s ahead', { iat: known.now + 10 }, {}, 'accepted'],
    ['[R90] on an iat 11 s ahead', { iat: known.now + 11 }, {}, 'id_token_iat'],
    ['[R90] on an iat past the tolerance', { iat: known.now + 61 }, { clockTolerance: 60 }, 'id_token_iat'],
    ['[R16] on no iat', { iat: undefined }, {}, 'id_token_iat'],
    ['[R16] on an iat before minIat', {}, { minIat: claims.iat + 1 }, 'id_token_iat'],
    ['[R16] on an iat at minIat', {}, { minIat: claims.iat }, 'accepted'],
    ['[R4] on another nonce', { nonce: 'n-0S6_WzA2Mj1' }, {}, 'id_token_nonce'],
    ['[R4] on no nonce', { nonce: undefined }, {}, 'id_token_nonce'],
    ['[R4] on a null nonce', { nonce: null }, {}, 'id_token_nonce'],
    ['[R4] on a nonce where none was sent', {}, { nonce: null }, 'id_token_nonce'],
    ['[R4] on no nonce where none was sent', { nonce: undefined }, { nonce: null }, 'accepted'],
    ['[R18] on an acr that is refused', {}, { validateAcr: () => false }, 'id_token_acr'],
    ['[R18] on an acr that is accepted', {}, { validateAcr: (acr: string) => acr === claims.acr }, 'accepted'],
    ['[R18] on no acr', { acr: undefined }, { validateAcr: (acr?: string) => acr !== undefined }, 'id_token_acr'],
    ['[R18] on an acr that nobody judges', {}, { validateAcr: () => undefined }, 'id_token_acr'],
    ['[R18] on an auth_time before minAuthTime', {}, { minAuthTime: claims.auth_time + 1 }, 'id_token_auth_time'],
    ['[R18] on an auth_time at minAuthTime', {}, { minAuthTime: claims.auth_time }, 'accepted'],
    [
      '[R18] on an auth_time within the tolerance',
      {},
      { minAuthTime: claims.auth_time + 60, clockTolerance: 60 },
      'accepted',
    ],
    ['[R18] on no auth_time', { auth_time: undefined }, { minAuthTime: 0 }, 'id_token_auth_time'],
  ])('%s', (_what, change, expectations, code) => {
    expect(validated(change, expectations)).toBe(code);
  });

  it.each<[string, Changes]>([
    ['no issuer', { issuer: undefined }],
    ['an empty issuer', { issuer: '' }],
    ['no clientId', { clientId: undefined }],
    ['neither nonce nor refreshOf', { nonce: undefined }],
    ['an empty nonce', { nonce: '' }],
    ['both nonce and refreshOf', { refreshOf: IdToken.fromJson(claims) }],
    ['a refreshOf that is no IdToken', { nonce: undefined, refreshOf: claims }],
    ['a clock that is NaN', { now: NaN }],
    ['a tolerance that is NaN', { clockTolerance: NaN }],
    ['a tolerance below 0', { clockTolerance: -1 }],
    ['trusted audiences as one string', { extraTrustedAudiences: 'x' }],
    ['an empty expectAzp', { expectAzp: '' }],
    ['a minIat that is null', { minIat: null }],
    ['a minAuthTime that is NaN', { minAuthTime: NaN }],
  ])('[R16] skips nothing for %s', (_what, expectations) => {
    expect(validated({}, expectations)).toBe('invalid_option');
  });

  it('takes the clock of the process when it is told no time', () => {
    const now = Math.floor(Date.now() / 1000);
    expect(validated({ exp: now + 60, iat: now }, { now: undefined })).toBe('accepted');
    expect(validated({}, { now: undefined })).toBe('id_token_exp');
  });

  it('refuses what was never checked as a message', () => {
    const hollow = Object.assign(new IdToken(), { iss: claims.iss, aud: claims.aud });
    expect(verdict(() => hollow.validate(known))).toBe('id_token_exp');
    expect(verdict(() => new IdToken().validate({ ...known, nonce: null }))).toBe('id_token_iss');
  });

  it('returns a promise exactly when the callback does', async () => {
    const token = IdToken.fromJson(claims);
    const nothing: void = token.validate({ ...known, validateAcr: () => true });
    expect(nothing).toBeUndefined();
    const later: Promise<void> = token.validate({ ...known, validateAcr: () => Promise.resolve(true) });
    await expect(later).resolves.toBeUndefined();
    await expect(token.validate({ ...known, validateAcr: () => Promise.resolve(false) })).rejects.toMatchObject({
      code: 'id_token_acr',
    });
    const old = { ...known, minAuthTime: claims.auth_time + 1, validateAcr: () => Promise.resolve(true) };
    await expect(token.validate(old)).rejects.toMatchObject({ code: 'id_token_auth_time' });
  });

  it('demands nonce or refreshOf by its type', () => {
    const { nonce: _nonce, ...without } = known;
    // @ts-expect-error neither is given
    expect(verdict(() => IdToken.fromJson(claims).validate(without))).toBe('invalid_option');
  });

  it('[R92] shows no nonce', () => {
    expect(() => IdToken.fromJson(claims).validate({ ...known, nonce: 'another' })).not.toThrow(/another|n-0S6/);
    expect(validated({}, { nonce: 'another' })).toBe('id_token_nonce');
  });
});

describe('validate of a refreshed token', () => {
  const original = IdToken.fromJson({ ...claims, azp: claims.aud });
  const { nonce: _nonce, ...rest } = claims;
  const fresh = { ...rest, azp: claims.aud, iat: claims.iat + 20, exp: claims.exp + 20 };

  it.each<[string, Changes, string]>([
    ['nothing', {}, 'accepted'],
    ['another sub', { sub: 'other' }, 'id_token_sub'],
    ['no azp any more', { azp: undefined }, 'id_token_azp'],
    ['an iat before the login', { iat: claims.iat - 11 }, 'id_token_iat'],
    ['another auth_time', { auth_time: claims.auth_time + 1 }, 'id_token_auth_time'],
    ['no auth_time', { auth_time: undefined }, 'accepted'],
    ['the same nonce', { nonce: claims.nonce }, 'accepted'],
    ['another nonce', { nonce: 'other' }, 'id_token_nonce'],
    ['another issuer', { iss: 'https://other.example' }, 'id_token_iss'],
    ['another audience', { aud: 'other' }, 'id_token_aud'],
  ])('[R20] on %s', (_what, change, code) => {
    const token = IdToken.fromJson({ ...fresh, ...change });
    expect(
      verdict(() => token.validate({ issuer: claims.iss, clientId: claims.aud, refreshOf: original, now: known.now })),
    ).toBe(code);
  });

  it('[R20] holds it against the login, not against the configuration alone', () => {
    const elsewhere = IdToken.fromJson({
      ...claims,
      iss: 'https://old.example',
      aud: [claims.aud, 'x'],
      azp: claims.aud,
    });
    const validate = (change: Changes): string =>
      verdict(() => {
        const refreshOf = IdToken.fromJson({ ...elsewhere.toJSON(), ...change });
        IdToken.fromJson(fresh).validate({ issuer: claims.iss, clientId: claims.aud, refreshOf, now: known.now });
      });
    expect(validate({})).toBe('id_token_iss');
    expect(validate({ iss: claims.iss })).toBe('id_token_aud');
    expect(validate({ iss: claims.iss, aud: claims.aud })).toBe('accepted');
  });

  it('[R20] refuses a nonce where the login had none', () => {
    const refreshOf = IdToken.fromJson(rest);
    const token = IdToken.fromJson({ ...claims, iat: claims.iat + 1 });
    expect(verdict(() => token.validate({ issuer: claims.iss, clientId: claims.aud, refreshOf, now: known.now }))).toBe(
      'id_token_nonce',
    );
  });
});

it('keeps its name at run time, and types what it keeps', () => {
  expect(IdToken.name).toBe('IdToken');
  const token: IdToken<{ roles: string[] }> = IdToken.fromJson({ ...claims, roles: ['admin'] });
  expect(IdToken.fromJson<{ roles: string[] }>(token).roles).toEqual(['admin']);
  expect(token).toBeInstanceOf(IdToken);
});
