// The public API of the Express adapter.
export { oidc, type OidcMiddleware } from './oidc.js';
export { type LoginHandler, requireLogin } from './require-login.js';
export type { RequestOidc, ResponseOidc, SignedIn } from './types.js';
