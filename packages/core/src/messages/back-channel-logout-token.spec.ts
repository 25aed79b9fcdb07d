import { OidcError } from '../errors.js';
import { BackChannelLogoutToken, backChannelLogoutEvent } from './index.js';
import type { LogoutTokenExpectations } from './index.js';

// Back-Channel Logout 1.0 section 2.4, its example.
const claims = {
  iss: 'https://server.example.com',
  sub: '248289761001',
  aud: 's6BhdRkqt3',
  iat: 1471566154,
  exp: 1471569754,
  jti: 'bWJq',
  sid: '08a5019c-17e1-4977-8f42-65a12843ea02',
  events: { [backChannelLogoutEvent]: {} },
};
const known = { issuer: claims.iss, clientId: claims.aud, now: 1471566200 };
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
  verdict(() =>
    BackChannelLogoutToken.fromJson({ ...claims, ...change }).validate({
      ...known,
      ...expect,
    } as LogoutTokenExpectations),
  );

describe('[RULE 5.2] validate', () => {
  it.each<[string, Changes, Changes, string]>([
    ['nothing', {}, {}, 'accepted'],
    ['another issuer', { iss: 'https://evil.example' }, {}, 'logout_token_iss'],
    ['no issuer', { iss: undefined }, {}, 'logout_token_iss'],
    ['another audience', { aud: 'other' }, {}, 'logout_token_aud'],
    ['our audience as a list', { aud: [claims.aud] }, {}, 'accepted'],
    ['a stranger in the audience', { aud: [claims.aud, 'x'] }, {}, 'logout_token_aud'],
    ['a trusted audience', { aud: [claims.aud, 'x'] }, { extraTrustedAudiences: ['x'] }, 'accepted'],
    ['no audience', { aud: undefined }, {}, 'logout_token_aud'],
    ['no iat', { iat: undefined }, {}, 'logout_token_iat'],
    ['an iat 10 s ahead', { iat: known.now + 10 }, {}, 'accepted'],
    ['an iat 11 s ahead', { iat: known.now + 11 }, {}, 'logout_token_iat'],
    ['an iat 300 s ago', { iat: known.now - 300 }, {}, 'accepted'],
    ['an iat 301 s ago', { iat: known.now - 301 }, {}, 'logout_token_iat'],
    ['an iat 361 s ago, with tolerance', { iat: known.now - 361 }, { clockTolerance: 60 }, 'logout_token_iat'],
    ['an iat 360 s ago, with tolerance', { iat: known.now - 360 }, { clockTolerance: 60 }, 'accepted'],
    ['an iat past maxAge', { iat: known.now - 11 }, { maxAge: 10 }, 'logout_token_iat'],
    ['an iat before minIat', {}, { minIat: claims.iat + 1 }, 'logout_token_iat'],
    ['an iat at minIat', {}, { minIat: claims.iat }, 'accepted'],
    ['an exp that is now', { exp: known.now }, {}, 'logout_token_exp'],
    ['an exp within the tolerance', { exp: known.now }, { clockTolerance: 1 }, 'accepted'],
    ['no exp', { exp: undefined }, {}, 'logout_token_exp'],
    ['no exp, of an old OP', { exp: undefined }, { requireExp: false }, 'accepted'],
    [
      'no exp and too old, of an old OP',
      { exp: undefined, iat: known.now - 301 },
      { requireExp: false },
      'logout_token_iat',
    ],
    ['an exp in the past, of an old OP', { exp: 1 }, { requireExp: false }, 'logout_token_exp'],
    ['a null exp', { exp: null }, { requireExp: false }, 'logout_token_exp'],
    ['neither sub nor sid', { sub: undefined, sid: undefined }, {}, 'invalid_message'],
    ['sub alone', { sid: undefined }, {}, 'accepted'],
    ['sid alone', { sub: undefined }, {}, 'accepted'],
    ['no events', { events: undefined }, {}, 'logout_token_events'],
    ['events without the event', { events: {} }, {}, 'logout_token_events'],
    ['another event', { events: { 'http://example.com/other': {} } }, {}, 'logout_token_events'],
    ['an event that is true', { events: { [backChannelLogoutEvent]: true } }, {}, 'logout_token_events'],
    ['an event that is null', { events: { [backChannelLogoutEvent]: null } }, {}, 'logout_token_events'],
    ['an event that is a list', { events: { [backChannelLogoutEvent]: [] } }, {}, 'logout_token_events'],
    ['events as a list', { events: [backChannelLogoutEvent] }, {}, 'logout_token_events'],
    ['a second event beside it', { events: { ...claims.events, other: {} } }, {}, 'accepted'],
    ['a nonce', { nonce: 'n' }, {}, 'logout_token_nonce'],
    ['a null nonce', { nonce: null }, {}, 'logout_token_nonce'],
    ['no jti', { jti: undefined }, {}, 'logout_token_jti'],
    ['an empty jti', { jti: '' }, {}, 'logout_token_jti'],
    ['a jti of 256 characters', { jti: 'j'.repeat(256) }, {}, 'logout_token_jti'],
    ['a jti that came before', {}, { validateUniqueJti: () => false }, 'logout_token_replayed'],
    ['an issuer without sessions', {}, { validateIssHasSessions: () => false }, 'logout_token_unknown_session'],
    ['a sub without sessions', {}, { validateSubHasSessions: () => false }, 'logout_token_unknown_session'],
    ['a sid without a session', {}, { validateSidExists: () => false }, 'logout_token_unknown_session'],
    ['no sub to ask about', { sub: undefined }, { validateSubHasSessions: () => false }, 'accepted'],
    ['no sid to ask about', { sid: undefined }, { validateSidExists: () => false }, 'accepted'],
  ])('[R58] on %s', (_what, change, expectations, code) => {
    expect(validated(change, expectations)).toBe(code);
  });

  it.each<[string, Changes]>([
    ['no issuer', { issuer: undefined }],
    ['no clientId', { clientId: '' }],
    ['a clock that is NaN', { now: NaN }],
    ['a maxAge that is NaN', { maxAge: NaN }],
    ['a minIat that is null', { minIat: null }],
    ['trusted audiences as one string', { extraTrustedAudiences: 'x' }],
  ])('[R58] skips nothing for %s', (_what, expectations) => {
    expect(validated({}, expectations)).toBe('invalid_option');
  });

  it('[R58] holds what was changed after it was read to the same rules', () => {
    const changed = (change: Changes): string =>
      verdict(() => Object.assign(BackChannelLogoutToken.fromJson(claims), change).validate(known));
    expect(changed({ events: {} })).toBe('logout_token_events');
    expect(changed({ nonce: 'n' })).toBe('logout_token_nonce');
    expect(changed({ jti: '' })).toBe('logout_token_jti');
    expect(changed({ sub: undefined, sid: undefined })).toBe('invalid_message');
  });

  it('asks with the claims, in the order of the specification, and stops at the first no', () => {
    const asked: string[] = [];
    const ask = (answer: boolean) => (value: string) => (asked.push(value), answer);
    const token = BackChannelLogoutToken.fromJson(claims);
    const all = {
      validateUniqueJti: ask(true),
      validateIssHasSessions: ask(true),
      validateSubHasSessions: ask(true),
      validateSidExists: ask(true),
    };
    const nothing: void = token.validate({ ...known, ...all });
    expect(nothing).toBeUndefined();
    expect(asked).toEqual([claims.jti, claims.iss, claims.sub, claims.sid]);
    asked.length = 0;
    expect(verdict(() => token.validate({ ...known, ...all, validateIssHasSessions: ask(false) }))).toBe(
      'logout_token_unknown_session',
    );
    expect(asked).toEqual([claims.jti, claims.iss]);
  });

  it('returns a promise exactly when a callback does', async () => {
    const token = BackChannelLogoutToken.fromJson(claims);
    const later: Promise<void> = token.validate({
      ...known,
      validateUniqueJti: () => Promise.resolve(true),
      validateSidExists: () => true,
    });
    await expect(later).resolves.toBeUndefined();
    await expect(token.validate({ ...known, validateUniqueJti: () => Promise.resolve(false) })).rejects.toMatchObject({
      code: 'logout_token_replayed',
    });
    await expect(token.validate({ ...known, validateSidExists: () => Promise.resolve(false) })).rejects.toMatchObject({
      code: 'logout_token_unknown_session',
    });
    await expect(
      token.validate({ ...known, validateUniqueJti: () => true, validateSubHasSessions: () => Promise.resolve(true) }),
    ).resolves.toBeUndefined();
  });
});
