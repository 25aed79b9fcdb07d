/** Error codes of the authentication response. [OIDC Core 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError), [RFC 6749 section 4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1) */
export const AuthenticationErrorCode = {
  access_denied: 'access_denied',
  account_selection_required: 'account_selection_required',
  consent_required: 'consent_required',
  interaction_required: 'interaction_required',
  invalid_request: 'invalid_request',
  invalid_request_object: 'invalid_request_object',
  invalid_request_uri: 'invalid_request_uri',
  invalid_scope: 'invalid_scope',
  login_required: 'login_required',
  registration_not_supported: 'registration_not_supported',
  request_not_supported: 'request_not_supported',
  request_uri_not_supported: 'request_uri_not_supported',
  server_error: 'server_error',
  temporarily_unavailable: 'temporarily_unavailable',
  unauthorized_client: 'unauthorized_client',
  unsupported_response_type: 'unsupported_response_type',
} as const;
/** A known error code of the authentication response. */
export type AuthenticationErrorCode = keyof typeof AuthenticationErrorCode;

/** Error codes of the token endpoint. [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2) */
export const TokenErrorCode = {
  invalid_client: 'invalid_client',
  invalid_grant: 'invalid_grant',
  invalid_request: 'invalid_request',
  invalid_scope: 'invalid_scope',
  unauthorized_client: 'unauthorized_client',
  unsupported_grant_type: 'unsupported_grant_type',
} as const;
/** A known error code of the token endpoint. */
export type TokenErrorCode = keyof typeof TokenErrorCode;

/** A code that we know, or one that we do not: an error never becomes a failure to read it. Case-sensitive. */
export type OrUnknown<Known extends string> = Known | (string & Record<never, never>);

/** Error codes of the registration endpoint. [OIDC Dynamic Registration section 3.3](https://openid.net/specs/openid-connect-registration-1_0.html#RegistrationError), [RFC 7591 section 3.2.2](https://www.rfc-editor.org/rfc/rfc7591#section-3.2.2) */
export const ClientRegistrationErrorCode = {
  invalid_redirect_uri: 'invalid_redirect_uri',
  invalid_client_metadata: 'invalid_client_metadata',
  invalid_software_statement: 'invalid_software_statement',
  unapproved_software_statement: 'unapproved_software_statement',
} as const;
/** A known error code of the registration endpoint. */
export type ClientRegistrationErrorCode = keyof typeof ClientRegistrationErrorCode;

/** Error codes of an API. [RFC 6750 section 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1), [RFC 9449 section 7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1), [RFC 9470 section 3](https://www.rfc-editor.org/rfc/rfc9470#section-3) */
export const BearerTokenErrorCode = {
  invalid_request: 'invalid_request',
  invalid_token: 'invalid_token',
  insufficient_scope: 'insufficient_scope',
  invalid_dpop_proof: 'invalid_dpop_proof',
  use_dpop_nonce: 'use_dpop_nonce',
  insufficient_user_authentication: 'insufficient_user_authentication',
} as const;
/** A known error code of an API. */
export type BearerTokenErrorCode = keyof typeof BearerTokenErrorCode;
