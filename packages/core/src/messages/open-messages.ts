// Classes that keep unknown members, with a generic for the types of those: `IdToken<{ roles: string[] }>` is a type, and `IdToken` is
// still the class, so that its own name shows at run time and decorators see it.
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

/** The codecs of a class that keeps unknown members, telling their types: `IdToken.fromJson<{ roles: string[] }>(claims)`. */
export interface OpenCodecs<T> {
  /** As `Message.fromUrl`. */
  fromUrl<E extends object = Extra>(url: string | URL, part?: UrlPart): T & Readonly<E>;
  /** As `Message.fromForm`. */
  fromForm<E extends object = Extra>(body: unknown): T & Readonly<E>;
  /** As `Message.fromJson`. */
  fromJson<E extends object = Extra>(body: unknown): T & Readonly<E>;
  /** As `Message.of`. */
  of<E extends object = Extra>(members: Members<T> & E): T & Readonly<E>;
}

/** The same of a class that travels as a JWT too. */
export interface OpenJwtCodecs<T> extends OpenCodecs<T> {
  /** As `JwtMessage.fromJwt`. */
  fromJwt<E extends object = Extra>(jwt: string, keys: JwtKeys, options: JwtOptions): Promise<T & Readonly<E>>;
}

function open<C extends new () => Message>(type: C): OpenCodecs<InstanceType<C>> & C {
  return type as OpenCodecs<InstanceType<C>> & C;
}

function openJwt<C extends new () => Message>(type: C): OpenJwtCodecs<InstanceType<C>> & C {
  return type as OpenJwtCodecs<InstanceType<C>> & C;
}

/** The login failed. */
export type AuthenticationErrorResponse<E extends object = Extra> = AuthenticationErrorResponseClass & Readonly<E>;
/** The login failed. */
export const AuthenticationErrorResponse = open(AuthenticationErrorResponseClass);

/** Asks the OP to authenticate the user. */
export type AuthenticationRequest<E extends object = Extra> = AuthenticationRequestClass & E;
/** Asks the OP to authenticate the user. */
export const AuthenticationRequest = open(AuthenticationRequestClass);

/** What an authorization server can do, and where. */
export type AuthorizationServerMetadata<E extends object = Extra> = AuthorizationServerMetadataClass & Readonly<E>;
/** What an authorization server can do, and where. */
export const AuthorizationServerMetadata = open(AuthorizationServerMetadataClass);

/** Why an API refused. */
export type BearerTokenError<E extends object = Extra> = BearerTokenErrorClass & Readonly<E>;
/** Why an API refused. */
export const BearerTokenError = open(BearerTokenErrorClass);

/** What a client is, apart from where the user comes back to and from what the OP adds. */
export type ClientMetadata<E extends object = Extra> = ClientMetadataClass & Readonly<E>;
/** What a client is, apart from where the user comes back to and from what the OP adds. */
export const ClientMetadata = open(ClientMetadataClass);

/** The client was not registered. */
export type ClientRegistrationError<E extends object = Extra> = ClientRegistrationErrorClass & Readonly<E>;
/** The client was not registered. */
export const ClientRegistrationError = open(ClientRegistrationErrorClass);

/** Asks to become a client. */
export type ClientRegistrationRequest<E extends object = Extra> = ClientRegistrationRequestClass & E;
/** Asks to become a client. */
export const ClientRegistrationRequest = open(ClientRegistrationRequestClass);

/** The client as the OP registered it. */
export type ClientRegistrationResponse<E extends object = Extra> = ClientRegistrationResponseClass & Readonly<E>;
/** The client as the OP registered it. */
export const ClientRegistrationResponse = open(ClientRegistrationResponseClass);

/** The device may not begin. */
export type DeviceAuthorizationError<E extends object = Extra> = DeviceAuthorizationErrorClass & Readonly<E>;
/** The device may not begin. */
export const DeviceAuthorizationError = open(DeviceAuthorizationErrorClass);

/** Begins a login on a device without a browser. */
export type DeviceAuthorizationRequest<E extends object = Extra> = DeviceAuthorizationRequestClass & E;
/** Begins a login on a device without a browser. */
export const DeviceAuthorizationRequest = open(DeviceAuthorizationRequestClass);

/** Shows that the sender holds the key that a token is bound to. */
export type DpopProof<E extends object = Extra> = DpopProofClass & Readonly<E>;
/** Shows that the sender holds the key that a token is bound to. */
export const DpopProof = openJwt(DpopProofClass);

/** Who signed in, when and how. */
export type IdToken<E extends object = Extra> = IdTokenClass & Readonly<E>;
/** Who signed in, when and how. */
export const IdToken = openJwt(IdTokenClass);

/** An authentication response inside a JWT. */
export type JarmResponse<E extends object = Extra> = JarmResponseClass & Readonly<E>;
/** An authentication response inside a JWT. */
export const JarmResponse = openJwt(JarmResponseClass);

/** Public keys. */
export type JwkSet<E extends object = Extra> = JwkSetClass & Readonly<E>;
/** Public keys. */
export const JwkSet = open(JwkSetClass);

/** What the bearer may do. */
export type JwtAccessToken<E extends object = Extra> = JwtAccessTokenClass & Readonly<E>;
/** What the bearer may do. */
export const JwtAccessToken = openJwt(JwtAccessTokenClass);

/** An authentication request whose parameters stand in a RequestObject or were pushed. */
export type JwtSecuredAuthenticationRequest<E extends object = Extra> = JwtSecuredAuthenticationRequestClass & E;
/** An authentication request whose parameters stand in a RequestObject or were pushed. */
export const JwtSecuredAuthenticationRequest = open(JwtSecuredAuthenticationRequestClass);

/** What an API takes, and whose tokens. */
export type ProtectedResourceMetadata<E extends object = Extra> = ProtectedResourceMetadataClass & Readonly<E>;
/** What an API takes, and whose tokens. */
export const ProtectedResourceMetadata = open(ProtectedResourceMetadataClass);

/** What the OP can do, and where. */
export type ProviderMetadata<E extends object = Extra> = ProviderMetadataClass & Readonly<E>;
/** What the OP can do, and where. */
export const ProviderMetadata = open(ProviderMetadataClass);

/** The pushed request was refused. */
export type PushedAuthorizationError<E extends object = Extra> = PushedAuthorizationErrorClass & Readonly<E>;
/** The pushed request was refused. */
export const PushedAuthorizationError = open(PushedAuthorizationErrorClass);

/** An authentication request sent ahead. */
export type PushedAuthorizationRequest<E extends object = Extra> = PushedAuthorizationRequestClass & E;
/** An authentication request sent ahead. */
export const PushedAuthorizationRequest = open(PushedAuthorizationRequestClass);

/** An authentication request inside a JWT. */
export type RequestObject<E extends object = Extra> = RequestObjectClass & Readonly<E>;
/** An authentication request inside a JWT. */
export const RequestObject = openJwt(RequestObjectClass);

/** The token was not revoked. */
export type RevocationError<E extends object = Extra> = RevocationErrorClass & Readonly<E>;
/** The token was not revoked. */
export const RevocationError = open(RevocationErrorClass);

/** Gives a token back. */
export type RevocationRequest<E extends object = Extra> = RevocationRequestClass & E;
/** Gives a token back. */
export const RevocationRequest = open(RevocationRequestClass);

/** No tokens. */
export type TokenErrorResponse<E extends object = Extra> = TokenErrorResponseClass & Readonly<E>;
/** No tokens. */
export const TokenErrorResponse = open(TokenErrorResponseClass);

/** Asks for a token in exchange for another. */
export type TokenExchangeRequest<E extends object = Extra> = TokenExchangeRequestClass & E;
/** Asks for a token in exchange for another. */
export const TokenExchangeRequest = open(TokenExchangeRequestClass);

/** No word about the token. */
export type TokenIntrospectionErrorResponse<E extends object = Extra> = TokenIntrospectionErrorResponseClass &
  Readonly<E>;
/** No word about the token. */
export const TokenIntrospectionErrorResponse = open(TokenIntrospectionErrorResponseClass);

/** What a token is worth, signed. */
export type TokenIntrospectionJwtResponse<E extends object = Extra> = TokenIntrospectionJwtResponseClass & Readonly<E>;
/** What a token is worth, signed. */
export const TokenIntrospectionJwtResponse = openJwt(TokenIntrospectionJwtResponseClass);

/** Asks about a token. */
export type TokenIntrospectionRequest<E extends object = Extra> = TokenIntrospectionRequestClass & E;
/** Asks about a token. */
export const TokenIntrospectionRequest = open(TokenIntrospectionRequestClass);

/** What a token is worth. */
export type TokenIntrospectionSuccessResponse<E extends object = Extra> = TokenIntrospectionSuccessResponseClass & E;
/** What a token is worth. */
export const TokenIntrospectionSuccessResponse = open(TokenIntrospectionSuccessResponseClass);

/** Asks for tokens. */
export type TokenRequest<E extends object = Extra> = TokenRequestClass & E;
/** Asks for tokens. */
export const TokenRequest = open(TokenRequestClass);

/** No claims. */
export type UserinfoErrorResponse<E extends object = Extra> = UserinfoErrorResponseClass & Readonly<E>;
/** No claims. */
export const UserinfoErrorResponse = open(UserinfoErrorResponseClass);

/** The claims about the user. */
export type UserinfoSuccessResponse<E extends object = Extra> = UserinfoSuccessResponseClass & Readonly<E>;
/** The claims about the user. */
export const UserinfoSuccessResponse = openJwt(UserinfoSuccessResponseClass);

/** Which issuer a user belongs to. */
export type WebFingerResponse<E extends object = Extra> = WebFingerResponseClass & Readonly<E>;
/** Which issuer a user belongs to. */
export const WebFingerResponse = open(WebFingerResponseClass);
