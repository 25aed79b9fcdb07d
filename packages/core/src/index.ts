// The public API, in the order of a login.

// What a program sets up
export { OidcClient } from './client/client.js';
export type { RegisteredClient } from './client/registered-client.js';
export {
  type AuthorizationParams,
  BackChannelOptions,
  type ClientAssertionAudience,
  type ClientAuthMethod,
  CsrfOptions,
  FrontChannelOptions,
  HttpClientOptions,
  LoginOptions,
  LogoutOptions,
  NewSecrets,
  OidcOptions,
  SessionCookieOptions,
  SessionOptions,
} from './options.js';
export { type Route, type RouteName, RouteOptions, Routes } from './routes.js';
export {
  type ErrorContext,
  type Hooks,
  type LoginContext,
  type LogoutContext,
  type OwnAnswer,
  refuseLogin,
} from './hooks.js';

// The messages
export * from './messages/index.js';
export type { PrivateKey } from './keys/client-keys.js';
export type { JwtHeader, JwtKeys, VerificationKey, VerifyJwtOptions } from './keys/verify-jwt.js';

// A login, step by step
export { authorize, type BegunLogin, type LoginRequest } from './login/authorize.js';
export type { Login } from './session/login-cookies.js';
export { AuthorizationError, readCallback } from './login/read-callback.js';
export { exchangeCode, type LoginTokens } from './login/exchange-code.js';
export { type ValidatedIdToken, validateIdToken } from './login/validate-id-token.js';
export { fetchUserinfo } from './login/fetch-userinfo.js';
export { type LoginResult, startSession } from './session/start-session.js';
export { codeChallengeOf, createCodeVerifier } from './pkce.js';

// Sessions and where they live
export { Session } from './session/session.js';
export type { CarriedSession } from './session/carrier.js';
export type { SessionSummary } from './session/user-sessions.js';
export type { SessionTokens } from './session/tokens.js';
export type { UserClaims } from './session/user.js';
export type * from './session/session-store.js';
export type * from './session/logout-store.js';
export { MemoryStore, MemoryStoreOptions } from './session/memory-store.js';

// For stores: what every one must do, and what a store of another package is made of
export { sessionStoreContract } from './session/session-store-contract.js';
export { logoutStoreContract } from './session/logout-store-contract.js';
export type { ContractCase, StoreUnderTest } from './session/contract.js';
export { markKeyOf, markKeysOf, noticeOf } from './logout/mark.js';
export { hashOf, randomToken } from './crypto.js';
export { freeze } from './frozen.js';
export { TextCache } from './text-cache.js';
export { checkOptions, Is, List, type OptionsClass, Secret, Whole, With } from './check-options.js';

// Logout
export { endSessions, type LogoutTarget } from './logout/end-sessions.js';
export type { LogoutRequest } from './logout/begin-logout.js';

// API protection
export { TokenVerifier, type Verdict } from './resource/token-verifier.js';
export {
  type AccessTokenMark,
  DpopOptions,
  IntrospectionOptions,
  LenientOptions,
  MtlsOptions,
  TokenIssuerDefaults,
  TokenIssuerOptions,
  type TokenMode,
  TokenOptions,
} from './resource/token-options.js';
export type { CertificateFormat } from './resource/certificate-header.js';
export { type ClaimDemand, type ClaimDemands, requireClaims } from './resource/claim-demand.js';
export type { Policy } from './resource/policy.js';
export { checkPolicy } from './resource/policy-options.js';
export { checkClientTokenOptions, type ClientTokenOptions, tokenOptionsOf } from './resource/client-token-options.js';
export type { VerifiedToken } from './resource/verified-token.js';
export { type ChallengeError, TokenError } from './resource/token-error.js';
export { metadataUrls } from './resource/metadata-urls.js';
export { type ResourceDescription, resourceMetadata, resourceMetadataUrl } from './resource/resource-metadata.js';
export { type ApiRequest, hasCredentials } from './resource/bearer.js';
export { NodeApiRequest } from './resource/node-api-request.js';

// For adapters: routes, requests and answers
export { beginLogin } from './login/begin-login.js';
export { beginLogout } from './logout/begin-logout.js';
export { answerDenied, demandLogin, isAdmitted, type LoginDemand, requireSession } from './login/demand-login.js';
export { requireHandshake } from './login/require-handshake.js';
export { checkLoginDemand, LoginDemandOptions } from './login/demand-options.js';
export { type Authentication, StepUpError } from './login/step-up.js';
export { handle, handleVisit } from './handler.js';
export { answering, errorAnswer, type ErrorAnswerOptions, hookAnswer } from './pages/error-answer.js';
export { Visit } from './visit.js';
export type { Cookies } from './session/cookies.js';
export type { HeaderOf, Intent } from './login/intent.js';
export { warn } from './client/warnings.js';
export { headerOf, headersOf, type NodeRequest, send, targetOf, toRequest } from './node-http.js';
export { type HiddenMember, hiddenMember } from './hidden-member.js';

// What everything leans on
export * from './errors.js';
export * from './events.js';
export { type Clock, systemClock } from './clock.js';
