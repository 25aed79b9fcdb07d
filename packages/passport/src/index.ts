// The public API of the passport adapter.
export { type ErrorHandler, type OidcAuthenticateOptions, OidcStrategy } from './oidc-strategy.js';
export type { Verify, VerifiedLogin, VerifyDone } from './verify.js';
export type { Middleware, MiddlewareOptions } from './middleware.js';
export type { LoginInfo } from './outcome.js';
export type { PassportRequest } from './requests.js';
