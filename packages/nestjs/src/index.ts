// The public API of the NestJS adapter.
export { OidcModule, type OidcModuleExtras } from './oidc-module.js';
export { OidcRegistry } from './registry.js';
export { InjectOidcClient, oidcClientToken, SessionStore } from './tokens.js';

// Who may call what
export { LoginGuard } from './guards/login-guard.js';
export { Public, UseClient } from './rules.js';

// Who calls
export { AccessToken, CurrentUser, OidcSession } from './parameters.js';

// Errors
export { OidcException } from './oidc-exception.js';
export { OidcFilter } from './oidc-filter.js';

// Descriptions
export { describeGuards, type OpenApi } from './open-api.js';

// Tests
export { loginAs, OidcTestingModule } from './testing.js';
