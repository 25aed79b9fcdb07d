// The public API of the Express adapter.
export { oidc, type OidcMiddleware } from './oidc.js';
export { type LoginHandler, requireLogin } from './require-login.js';
export { type AnyClaims, requireToken, type TokenHandler } from './require-token.js';
export { type GrantHandler, requireClaim, requireScope } from './require-scope.js';
export { type LoginOrTokenHandler, type LoginOrTokenOptions, requireLoginOrToken } from './require-login-or-token.js';
export { type MetadataHandler, protectedResourceMetadata } from './protected-resource-metadata.js';
export type { Authorized, Granted, RequestOidc, ResponseOidc, SignedIn } from './types.js';
