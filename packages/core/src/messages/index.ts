// Every message by name. Classes that keep unknown members get their generic here, so that `IdToken<{ roles: string[] }>` is a
// type and `IdToken` is still the class: its own name shows at run time, and decorators see it.
import type { JwtKeys } from '../keys/verify-jwt.js';
import { AuthenticationErrorResponse as AuthenticationErrorResponseClass } from './authentication-error-response.js';
import { AuthenticationRequest as AuthenticationRequestClass } from './authentication-request.js';
import { AuthorizationServerMetadata as AuthorizationServerMetadataClass } from './authorization-server-metadata.js';
import { BearerTokenError as BearerTokenErrorClass } from './bearer-token-error.js';
import { ClientMetadata as ClientMetadataClass } from './client-metadata.js';
import { ClientRegistrationError as ClientRegistrationErrorClass } from './client-registration-error.js';
import { ClientRegistrationRequest as ClientRegistrationRequestClass } from './client-registration-request.js';
import { ClientRegistrationResponse as ClientRegistrationResponseClass } from './client-registration-response.js';
import { DeviceAuthorizationError as DeviceAuthorizationErrorClass } from './device-authorization-error.js';
import { DeviceAuthorizationRequest as DeviceAuthorizationRequestClass } from './device-authorization-request.js';
import { DpopProof as DpopProofClass } from './dpop-proof.js';
import { IdToken as IdTokenClass } from './id-token.js';
import { JarmResponse as JarmResponseClass } from './jarm-response.js';
import { JwkSet as JwkSetClass } from './jwk-set.js';
import { JwtAccessToken as JwtAccessTokenClass } from './jwt-access-token.js';
import { JwtSecuredAuthenticationRequest as JwtSecuredAuthenticationRequestClass } from './jwt-secured-authentication-request.js';
import { ProtectedResourceMetadata as ProtectedResourceMetadataClass } from './protected-resource-metadata.js';
import { ProviderMetadata as ProviderMetadataClass } from './provider-metadata.js';
import { PushedAuthorizationError as PushedAuthorizationErrorClass } from './pushed-authorization-error.js';
import { PushedAuthorizationRequest as PushedAuthorizationRequestClass } from './pushed-authorization-request.js';
import { RequestObject as RequestObjectClass } from './request-object.js';
import { RevocationError as RevocationErrorClass } from './revocation-error.js';
import { RevocationRequest as RevocationRequestClass } from './revocation-request.js';
import { TokenErrorResponse as TokenErrorResponseClass } from './token-error-response.js';
import { TokenExchangeRequest as TokenExchangeRequestClass } from './token-exchange-request.js';
import { TokenIntrospectionErrorResponse as TokenIntrospectionErrorResponseClass } from './token-introspection-error-response.js';
import { TokenIntrospectionJwtResponse as TokenIntrospectionJwtResponseClass } from './token-introspection-jwt-response.js';
import { TokenIntrospectionRequest as TokenIntrospectionRequestClass } from './token-introspection-request.js';
import { TokenIntrospectionSuccessResponse as TokenIntrospectionSuccessResponseClass } from './token-introspection-success-response.js';
import { TokenRequest as TokenRequestClass } from './token-request.js';
import { UserinfoErrorResponse as UserinfoErrorResponseClass } from './userinfo-error-response.js';
import { UserinfoSuccessResponse as UserinfoSuccessResponseClass } from './userinfo-success-response.js';
import { WebFingerResponse as WebFingerResponseClass } from './web-finger-response.js';
import type { JwtOptions } from './jwt-message.js';
import type { Extra, Members, Message, UrlPart } from './message.js';

export { AuthenticationSuccessResponse } from './authentication-success-response.js';
export { BackChannelLogoutNotification } from './back-channel-logout-notification.js';
export { BackChannelLogoutToken } from './back-channel-logout-token.js';
export { backChannelLogoutEvent } from './back-channel-logout-token.js';
export type { LogoutTokenExpectations } from './back-channel-logout-token.js';
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

/** The codecs of a class that keeps unknown members, telling their types: `IdToken.fromJson<{ roles: string[] }>(claims)`. */
export interface OpenCodecs<T> {
  fromUrl<E extends object = Extra>(url: string | URL, part?: UrlPart): T & Readonly<E>;
  fromForm<E extends object = Extra>(body: unknown): T & Readonly<E>;
  fromJson<E extends object = Extra>(body: unknown): T & Readonly<E>;
  of<E extends object = Extra>(members: Members<T> & E): T & Readonly<E>;
}

/** The same of a class that travels as a JWT too. */
export interface OpenJwtCodecs<T> extends OpenCodecs<T> {
  fromJwt<E extends object = Extra>(jwt: string, keys: JwtKeys, options: JwtOptions): Promise<T & Readonly<E>>;
}

type Open<C extends new () => Message> = OpenCodecs<InstanceType<C>> & C;
type OpenJwt<C extends new () => Message> = OpenJwtCodecs<InstanceType<C>> & C;

export type AuthenticationErrorResponse<E extends object = Extra> = AuthenticationErrorResponseClass & Readonly<E>;
export const AuthenticationErrorResponse = AuthenticationErrorResponseClass as Open<
  typeof AuthenticationErrorResponseClass
>;

export type AuthenticationRequest<E extends object = Extra> = AuthenticationRequestClass & E;
export const AuthenticationRequest = AuthenticationRequestClass as Open<typeof AuthenticationRequestClass>;

export type AuthorizationServerMetadata<E extends object = Extra> = AuthorizationServerMetadataClass & Readonly<E>;
export const AuthorizationServerMetadata = AuthorizationServerMetadataClass as Open<
  typeof AuthorizationServerMetadataClass
>;

export type BearerTokenError<E extends object = Extra> = BearerTokenErrorClass & Readonly<E>;
export const BearerTokenError = BearerTokenErrorClass as Open<typeof BearerTokenErrorClass>;

export type ClientMetadata<E extends object = Extra> = ClientMetadataClass & Readonly<E>;
export const ClientMetadata = ClientMetadataClass as Open<typeof ClientMetadataClass>;

export type ClientRegistrationError<E extends object = Extra> = ClientRegistrationErrorClass & Readonly<E>;
export const ClientRegistrationError = ClientRegistrationErrorClass as Open<typeof ClientRegistrationErrorClass>;

export type ClientRegistrationRequest<E extends object = Extra> = ClientRegistrationRequestClass & E;
export const ClientRegistrationRequest = ClientRegistrationRequestClass as Open<typeof ClientRegistrationRequestClass>;

export type ClientRegistrationResponse<E extends object = Extra> = ClientRegistrationResponseClass & Readonly<E>;
export const ClientRegistrationResponse = ClientRegistrationResponseClass as Open<
  typeof ClientRegistrationResponseClass
>;

export type DeviceAuthorizationError<E extends object = Extra> = DeviceAuthorizationErrorClass & Readonly<E>;
export const DeviceAuthorizationError = DeviceAuthorizationErrorClass as Open<typeof DeviceAuthorizationErrorClass>;

export type DeviceAuthorizationRequest<E extends object = Extra> = DeviceAuthorizationRequestClass & E;
export const DeviceAuthorizationRequest = DeviceAuthorizationRequestClass as Open<
  typeof DeviceAuthorizationRequestClass
>;

export type DpopProof<E extends object = Extra> = DpopProofClass & Readonly<E>;
export const DpopProof = DpopProofClass as OpenJwt<typeof DpopProofClass>;

export type IdToken<E extends object = Extra> = IdTokenClass & Readonly<E>;
export const IdToken = IdTokenClass as OpenJwt<typeof IdTokenClass>;

export type JarmResponse<E extends object = Extra> = JarmResponseClass & Readonly<E>;
export const JarmResponse = JarmResponseClass as OpenJwt<typeof JarmResponseClass>;

export type JwkSet<E extends object = Extra> = JwkSetClass & Readonly<E>;
export const JwkSet = JwkSetClass as Open<typeof JwkSetClass>;

export type JwtAccessToken<E extends object = Extra> = JwtAccessTokenClass & Readonly<E>;
export const JwtAccessToken = JwtAccessTokenClass as OpenJwt<typeof JwtAccessTokenClass>;

export type JwtSecuredAuthenticationRequest<E extends object = Extra> = JwtSecuredAuthenticationRequestClass & E;
export const JwtSecuredAuthenticationRequest = JwtSecuredAuthenticationRequestClass as Open<
  typeof JwtSecuredAuthenticationRequestClass
>;

export type ProtectedResourceMetadata<E extends object = Extra> = ProtectedResourceMetadataClass & Readonly<E>;
export const ProtectedResourceMetadata = ProtectedResourceMetadataClass as Open<typeof ProtectedResourceMetadataClass>;

export type ProviderMetadata<E extends object = Extra> = ProviderMetadataClass & Readonly<E>;
export const ProviderMetadata = ProviderMetadataClass as Open<typeof ProviderMetadataClass>;

export type PushedAuthorizationError<E extends object = Extra> = PushedAuthorizationErrorClass & Readonly<E>;
export const PushedAuthorizationError = PushedAuthorizationErrorClass as Open<typeof PushedAuthorizationErrorClass>;

export type PushedAuthorizationRequest<E extends object = Extra> = PushedAuthorizationRequestClass & E;
export const PushedAuthorizationRequest = PushedAuthorizationRequestClass as Open<
  typeof PushedAuthorizationRequestClass
>;

export type RequestObject<E extends object = Extra> = RequestObjectClass & Readonly<E>;
export const RequestObject = RequestObjectClass as OpenJwt<typeof RequestObjectClass>;

export type RevocationError<E extends object = Extra> = RevocationErrorClass & Readonly<E>;
export const RevocationError = RevocationErrorClass as Open<typeof RevocationErrorClass>;

export type RevocationRequest<E extends object = Extra> = RevocationRequestClass & E;
export const RevocationRequest = RevocationRequestClass as Open<typeof RevocationRequestClass>;

export type TokenErrorResponse<E extends object = Extra> = TokenErrorResponseClass & Readonly<E>;
export const TokenErrorResponse = TokenErrorResponseClass as Open<typeof TokenErrorResponseClass>;

export type TokenExchangeRequest<E extends object = Extra> = TokenExchangeRequestClass & E;
export const TokenExchangeRequest = TokenExchangeRequestClass as Open<typeof TokenExchangeRequestClass>;

export type TokenIntrospectionErrorResponse<E extends object = Extra> = TokenIntrospectionErrorResponseClass &
  Readonly<E>;
export const TokenIntrospectionErrorResponse = TokenIntrospectionErrorResponseClass as Open<
  typeof TokenIntrospectionErrorResponseClass
>;

export type TokenIntrospectionJwtResponse<E extends object = Extra> = TokenIntrospectionJwtResponseClass & Readonly<E>;
export const TokenIntrospectionJwtResponse = TokenIntrospectionJwtResponseClass as OpenJwt<
  typeof TokenIntrospectionJwtResponseClass
>;

export type TokenIntrospectionRequest<E extends object = Extra> = TokenIntrospectionRequestClass & E;
export const TokenIntrospectionRequest = TokenIntrospectionRequestClass as Open<typeof TokenIntrospectionRequestClass>;

export type TokenIntrospectionSuccessResponse<E extends object = Extra> = TokenIntrospectionSuccessResponseClass & E;
export const TokenIntrospectionSuccessResponse = TokenIntrospectionSuccessResponseClass as Open<
  typeof TokenIntrospectionSuccessResponseClass
>;

export type TokenRequest<E extends object = Extra> = TokenRequestClass & E;
export const TokenRequest = TokenRequestClass as Open<typeof TokenRequestClass>;

export type UserinfoErrorResponse<E extends object = Extra> = UserinfoErrorResponseClass & Readonly<E>;
export const UserinfoErrorResponse = UserinfoErrorResponseClass as Open<typeof UserinfoErrorResponseClass>;

export type UserinfoSuccessResponse<E extends object = Extra> = UserinfoSuccessResponseClass & Readonly<E>;
export const UserinfoSuccessResponse = UserinfoSuccessResponseClass as OpenJwt<typeof UserinfoSuccessResponseClass>;

export type WebFingerResponse<E extends object = Extra> = WebFingerResponseClass & Readonly<E>;
export const WebFingerResponse = WebFingerResponseClass as Open<typeof WebFingerResponseClass>;
