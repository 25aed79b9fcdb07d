// The public API of the passport adapter.

// The strategies
export type { OidcStrategyOptions } from './scope.js';
export { OidcStrategy } from './oidc-strategy.js';
export { BearerStrategy } from './bearer-strategy.js';

// What the program says about who that is
export type { PresentedToken, Verified, VerifiedLogin, Verify, VerifyDone } from './verify.js';

// What `passport.authenticate()` takes, and what it leaves on the request
export type { BearerAuthenticateOptions, Failure, LoginInfo, OidcAuthenticateOptions, TokenInfo } from './types.js';

// What is mounted beside it
export type { ErrorHandler, Middleware, MiddlewareOptions } from './types.js';
export type { PassportRequest } from './requests.js';
