// Every message by name. Classes that keep unknown members get their generic here, so that `IdToken<{ roles: string[] }>` is a
// type and `IdToken` is still the class: its own name shows at run time, and decorators see it.
import { AuthenticationErrorResponse as AuthenticationErrorResponseClass } from './authentication-error-response.js';
import { AuthenticationRequest as AuthenticationRequestClass } from './authentication-request.js';
import { IdToken as IdTokenClass } from './id-token.js';
import type { JwtOptions } from './jwt-message.js';
import type { Extra, Members, UrlPart } from './message.js';
import { ProviderMetadata as ProviderMetadataClass } from './provider-metadata.js';
import { TokenErrorResponse as TokenErrorResponseClass } from './token-error-response.js';
import { TokenRequest as TokenRequestClass } from './token-request.js';
import { UserinfoErrorResponse as UserinfoErrorResponseClass } from './userinfo-error-response.js';
import { UserinfoSuccessResponse as UserinfoSuccessResponseClass } from './userinfo-success-response.js';
import type { JwtKeys } from '../keys/verify-jwt.js';

export { AuthenticationSuccessResponse } from './authentication-success-response.js';
export { BackChannelLogoutNotification } from './back-channel-logout-notification.js';
export { BackChannelLogoutToken, backChannelLogoutEvent } from './back-channel-logout-token.js';
export type { LogoutTokenExpectations } from './back-channel-logout-token.js';
export { AuthenticationErrorCode, TokenErrorCode } from './error-codes.js';
export type { OrUnknown } from './error-codes.js';
export { FrontChannelLogoutNotification } from './front-channel-logout-notification.js';
export type { CommonIdTokenExpectations, IdTokenExpectations, IdTokenOrigin } from './id-token.js';
export { JwtMessage } from './jwt-message.js';
export type { JwtMessageClass, JwtOptions } from './jwt-message.js';
export { Message } from './message.js';
export type { Extra, Members, MessageClass, ResponseErrorCode, UrlPart } from './message.js';
export { Optional, RequiredWhen } from './optional.js';
export { RpInitiatedLogoutRequest } from './rp-initiated-logout-request.js';
export type { TimeExpectations } from './token-checks.js';
export type { KnownGrantType } from './token-request.js';
export { TokenSuccessResponse } from './token-success-response.js';

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

export type AuthenticationRequest<E extends object = Extra> = AuthenticationRequestClass & E;
export const AuthenticationRequest = AuthenticationRequestClass as OpenCodecs<AuthenticationRequestClass> &
  typeof AuthenticationRequestClass;

export type AuthenticationErrorResponse<E extends object = Extra> = AuthenticationErrorResponseClass & Readonly<E>;
export const AuthenticationErrorResponse =
  AuthenticationErrorResponseClass as OpenCodecs<AuthenticationErrorResponseClass> &
    typeof AuthenticationErrorResponseClass;

export type TokenRequest<E extends object = Extra> = TokenRequestClass & E;
export const TokenRequest = TokenRequestClass as OpenCodecs<TokenRequestClass> & typeof TokenRequestClass;

export type TokenErrorResponse<E extends object = Extra> = TokenErrorResponseClass & Readonly<E>;
export const TokenErrorResponse = TokenErrorResponseClass as OpenCodecs<TokenErrorResponseClass> &
  typeof TokenErrorResponseClass;

export type IdToken<Claims extends object = Extra> = IdTokenClass & Readonly<Claims>;
export const IdToken = IdTokenClass as OpenJwtCodecs<IdTokenClass> & typeof IdTokenClass;

export type UserinfoSuccessResponse<Claims extends object = Extra> = UserinfoSuccessResponseClass & Readonly<Claims>;
export const UserinfoSuccessResponse = UserinfoSuccessResponseClass as OpenJwtCodecs<UserinfoSuccessResponseClass> &
  typeof UserinfoSuccessResponseClass;

export type UserinfoErrorResponse<E extends object = Extra> = UserinfoErrorResponseClass & Readonly<E>;
export const UserinfoErrorResponse = UserinfoErrorResponseClass as OpenCodecs<UserinfoErrorResponseClass> &
  typeof UserinfoErrorResponseClass;

export type ProviderMetadata<E extends object = Extra> = ProviderMetadataClass & Readonly<E>;
export const ProviderMetadata = ProviderMetadataClass as OpenCodecs<ProviderMetadataClass> &
  typeof ProviderMetadataClass;
