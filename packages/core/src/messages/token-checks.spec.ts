import { BackChannelLogoutToken, backChannelLogoutEvent, IdToken, JwtAccessToken } from './index.js';
import { checkAudience, expectSeconds, expectText, expectTexts, momentOf, whenAccepted } from './token-checks.js';

describe('momentOf', () => {
  it('[R90] lets the future be 10 s at least', () => {
    expect(momentOf({ now: 100 })).toEqual({ now: 100, tolerance: 0, latest: 110 });
    expect(momentOf({ now: 100, clockTolerance: 60 })).toEqual({ now: 100, tolerance: 60, latest: 160 });
  });

  it('takes the clock of the process when it is told none', () => {
    expect(Math.abs(momentOf({}).now - Date.now() / 1000)).toBeLessThan(5);
  });

  it.each([
    { now: NaN },
    { now: Infinity },
    { now: '1' },
    { now: null },
    { clockTolerance: -1 },
    { clockTolerance: null },
  ])('refuses %p', (given) => {
    expect(() => momentOf({ now: 100, ...given } as never)).toThrow(
      /validate: expected (now|clockTolerance) to be seconds, a finite number from 0, came /,
    );
  });
});

it.each([undefined, null, 'issuer'])('refuses %p for expectations', (given) => {
  const known = { iss: 'https://op.example', sub: 'u', aud: 'c', exp: 2, iat: 1, jti: 'j' };
  const logout = { ...known, events: { [backChannelLogoutEvent]: {} } };
  const tokens = [IdToken.fromJson(known), BackChannelLogoutToken.fromJson(logout), JwtAccessToken.fromJson(known)];
  for (const token of tokens as readonly { validate: (given: never) => unknown }[])
    expect(() => token.validate(given as never)).toThrow('validate: expected expectations to be an object');
});

it('refuses expectations that would skip their check', () => {
  expect(() => expectText('issuer', '')).toThrow(
    'validate: expected issuer to be a string that is not empty, came "".',
  );
  expect(() => expectText('issuer', undefined)).toThrow('came nothing');
  expect(() => expectTexts('extra', 'abc')).toThrow('a list of strings');
  expect(() => expectTexts('extra', [1])).toThrow('a list of strings');
  expect(() => expectSeconds('minIat', null)).toThrow('seconds');
});

it.each([
  ['c', 'accepted'],
  [['c'], 'accepted'],
  [['c', 't'], 'accepted'],
  [['c', 'x'], 'nobody but trusted audiences, came "x"'],
  [['t'], 'aud to contain "c"'],
  [[], 'aud to contain "c"'],
  [undefined, 'aud to contain "c", came nothing'],
  [{ c: 1 }, 'aud to contain "c"'],
])('[R16] checkAudience of %p: %s', (aud, outcome) => {
  const run = (): void => checkAudience(aud, 'c', ['t'], 'id_token_aud');
  if (outcome === 'accepted') expect(run).not.toThrow();
  else expect(run).toThrow(outcome);
});

describe('whenAccepted', () => {
  const otherwise = (): never => {
    throw new Error('refused');
  };
  const ask = (verdict: unknown): void | Promise<void> => whenAccepted(verdict as boolean, otherwise, () => undefined);

  it('goes on for true alone', () => {
    expect(ask(true)).toBeUndefined();
    for (const verdict of [false, undefined, null, 1, 'yes', {}]) expect(() => ask(verdict)).toThrow('refused');
  });

  it('waits for a promised verdict', async () => {
    await expect(ask(Promise.resolve(true))).resolves.toBeUndefined();
    await expect(ask(Promise.resolve(false))).rejects.toThrow('refused');
    await expect(ask(Promise.resolve(1))).rejects.toThrow('refused');
  });
});
