// Every message by name.
export {
  AuthenticationErrorResponse,
  AuthenticationRequest,
  AuthorizationServerMetadata,
  BearerTokenError,
  ClientMetadata,
  ClientRegistrationError,
  ClientRegistrationRequest,
  ClientRegistrationResponse,
  DeviceAuthorizationError,
  DeviceAuthorizationRequest,
  DpopProof,
  IdToken,
  JarmResponse,
  JwkSet,
  JwtAccessToken,
  JwtSecuredAuthenticationRequest,
  ProtectedResourceMetadata,
  ProviderMetadata,
  PushedAuthorizationError,
  PushedAuthorizationRequest,
  RequestObject,
  RevocationError,
  RevocationRequest,
  TokenErrorResponse,
  TokenExchangeRequest,
  TokenIntrospectionErrorResponse,
  TokenIntrospectionJwtResponse,
  TokenIntrospectionRequest,
  TokenIntrospectionSuccessResponse,
  TokenRequest,
  UserinfoErrorResponse,
  UserinfoSuccessResponse,
  WebFingerResponse,
} from './open-messages.js';
export type { OpenCodecs, OpenJwtCodecs } from './open-messages.js';
export { AuthenticationSuccessResponse } from './authentication-success-response.js';
export { BackChannelLogoutNotification } from './back-channel-logout-notification.js';
export { BackChannelLogoutToken } from './back-channel-logout-token.js';
export { backChannelLogoutEvent } from './back-channel-logout-token.js';
export type { LogoutTokenExpectations, LogoutTokenVerdict } from './back-channel-logout-token.js';
export { DeviceAuthorizationResponse } from './device-authorization-response.js';
export {
  AuthenticationErrorCode,
  BearerTokenErrorCode,
  ClientRegistrationErrorCode,
  TokenErrorCode,
} from './error-codes.js';
export type { OrUnknown } from './error-codes.js';
export { FrontChannelLogoutNotification } from './front-channel-logout-notification.js';
export { HybridAuthenticationResponse } from './hybrid-authentication-response.js';
export type { CommonIdTokenExpectations, IdTokenExpectations, IdTokenOrigin } from './id-token.js';
export type { AccessTokenExpectations } from './jwt-access-token.js';
export { JwtMessage } from './jwt-message.js';
export type { JwtMessageClass, JwtOptions } from './jwt-message.js';
export { Message } from './message.js';
export type { Extra, Members, MessageClass, ResponseErrorCode, UrlPart } from './message.js';
export { NotBeside, Optional, RequiredWhen } from './optional.js';
export { PostLogoutRedirect } from './post-logout-redirect.js';
export { PushedAuthorizationResponse } from './pushed-authorization-response.js';
export {
  readDeviceAuthorizationResponse,
  readIntrospectionResponse,
  readPushedAuthorizationResponse,
  readRegistrationResponse,
  readTokenExchangeResponse,
  readTokenResponse,
  readUserinfoResponse,
} from './read-answer.js';
export type { Answer, AnswerReader, HttpAnswer } from './read-answer.js';
export { readAuthenticationForm, readAuthenticationResponse } from './read-authentication-response.js';
export { RpInitiatedLogoutRequest } from './rp-initiated-logout-request.js';
export { ServerMetadata } from './server-metadata.js';
export { ThirdPartyLoginInitiation } from './third-party-login-initiation.js';
export type { TimeExpectations } from './token-checks.js';
export { tokenExchangeGrantType } from './token-exchange-request.js';
export { TokenExchangeResponse } from './token-exchange-response.js';
export type { KnownGrantType } from './token-request.js';
export { TokenSuccessResponse } from './token-success-response.js';
export { UserinfoRequest } from './userinfo-request.js';
export type { WebFingerLink } from './web-finger-response.js';
