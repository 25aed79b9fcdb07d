// What the compiler says of the API: it reads this file with `tsc -b tsconfig.spec.json`, which fails where a line that
// must not compile does, and where one that must does not. Run, the handlers are only made.
import passport from 'passport';
import type { Request } from 'express';
import type { BearerAuthenticateOptions, ErrorHandler, Failure, LoginInfo, OidcAuthenticateOptions } from './types.js';

describe('what passport.authenticate() takes', () => {
  it('is what a page demands of a login', () => {
    const options: OidcAuthenticateOptions = { acr: ['gold'], maxAge: 300, returnTo: '/cart', optional: true };
    expect(passport.authenticate('oidc', options)).toBeInstanceOf(Function);
    // @ts-expect-error seconds are a number
    passport.authenticate('oidc', { maxAge: '300' });
    // @ts-expect-error no option of ours, nor of passport's
    passport.authenticate('oidc', { acrValues: 'gold' });
  });

  it('is what a route demands of a token', () => {
    const options: BearerAuthenticateOptions = { scope: 'orders:read', claims: { tenant: 'a' } };
    expect(passport.authenticate('bearer', { ...options, session: false })).toBeInstanceOf(Function);
  });
});

describe('what a handler finds', () => {
  it('is the session, and where the login began; or the token; each only where it was asked for', () => {
    const info = ({ authInfo }: Request): [string | undefined, string | undefined, string | undefined] => [
      authInfo?.session?.sub,
      authInfo?.returnTo,
      authInfo?.auth?.clientId,
    ];
    // @ts-expect-error nobody may have been let in
    const sure = ({ authInfo }: Request): LoginInfo => authInfo;
    expect([info({} as Request), sure({} as Request)]).toEqual([[undefined, undefined, undefined], undefined]);
  });

  it('of a refusal is a code and words, which nobody changes', () => {
    const failure: Failure = { code: 'login_required', message: 'You need to sign in first.' };
    const answer: ErrorHandler = (error, _req, res) => void res.end(String(error));
    // @ts-expect-error it is only read
    expect(() => (Object.freeze(failure).code = 'x')).toThrow(TypeError);
    expect(answer).toHaveLength(3);
  });
});
