// The public API of the NestJS adapter.
export { OidcModule, type OidcModuleExtras, type OidcModuleOptions } from './oidc-module.js';
export { TokenModule, type TokenModuleExtras } from './token-module.js';
export { OidcRegistry } from './registry.js';
export { InjectOidcClient, InjectTokenVerifier, oidcClientToken, SessionStore, tokenVerifierToken } from './tokens.js';

// Who may call what
export { LoginGuard } from './guards/login-guard.js';
export { TokenGuard } from './guards/token-guard.js';
export { LoginOrTokenGuard } from './guards/login-or-token-guard.js';
export { type DemandDecorator, RequireAcr, RequireClaim, RequireMaxAge, RequireScope } from './require.js';
export { DemandGuard } from './guards/demand-guard.js';
export { Public, UseClient } from './rules.js';

// Who calls
export { AccessToken, CurrentUser, OidcSession } from './parameters.js';

// Errors
export { OidcException } from './oidc-exception.js';
export { OidcFilter } from './oidc-filter.js';

// Sockets
export { callerOf } from './sockets/connections.js';
export type { Pass } from './calls.js';

// Descriptions
export { describeGuards, type OpenApi } from './open-api.js';

// Tests
export { loginAs, OidcTestingModule, testVerifier, tokenFor } from './testing.js';
