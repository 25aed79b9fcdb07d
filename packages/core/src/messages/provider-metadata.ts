import { IsBoolean, IsString } from 'class-validator';
import { Message } from './message.js';
import { StringList, StringMap } from './members.js';
import { Optional } from './optional.js';

/**
 * What the OP can do, and where: from the OP to the RP, JSON at `/.well-known/openid-configuration` under the issuer.
 * Other members are kept. A member with a default reads as its default when it was left out, and is then not sent.
 * [OIDC Discovery section 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata)
 */
export class ProviderMetadata extends Message {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;
  static override readonly maxBytes = 1024 * 1024;
  static override readonly defaults = {
    response_modes_supported: Object.freeze(['query', 'fragment']),
    grant_types_supported: Object.freeze(['authorization_code', 'implicit']),
    token_endpoint_auth_methods_supported: Object.freeze(['client_secret_basic']),
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: true,
    require_request_uri_registration: false,
    frontchannel_logout_supported: false,
    frontchannel_logout_session_supported: false,
    backchannel_logout_supported: false,
    backchannel_logout_session_supported: false,
    authorization_response_iss_parameter_supported: false,
    require_pushed_authorization_requests: false,
    tls_client_certificate_bound_access_tokens: false,
  };

  /** REQUIRED. The issuer: exactly what was configured, and what every `iss` holds. */
  @IsString() readonly issuer!: string;
  /** REQUIRED. Where the user signs in. */
  @IsString() readonly authorization_endpoint!: string;
  /** OPTIONAL. Where tokens are asked for; REQUIRED unless only the implicit flow is used. */
  @Optional() @IsString() readonly token_endpoint?: string;
  /** RECOMMENDED. Where the claims about the user are. */
  @Optional() @IsString() readonly userinfo_endpoint?: string;
  /** REQUIRED. The OP's public keys. */
  @IsString() readonly jwks_uri!: string;
  /** RECOMMENDED. Where clients register themselves. */
  @Optional() @IsString() readonly registration_endpoint?: string;
  /** RECOMMENDED. The scopes; `openid` is one of them. */
  @Optional() @StringList() readonly scopes_supported?: readonly string[];
  /** REQUIRED by the spec, left out by some OPs. The order of the words in each means nothing. */
  @Optional() @StringList() readonly response_types_supported?: readonly string[];
  /** OPTIONAL. Default: `query`, `fragment`. */
  @Optional() @StringList() readonly response_modes_supported?: readonly string[];
  /** OPTIONAL. Default: `authorization_code`, `implicit`. */
  @Optional() @StringList() readonly grant_types_supported?: readonly string[];
  /** OPTIONAL. The authentication context classes. */
  @Optional() @StringList() readonly acr_values_supported?: readonly string[];
  /** REQUIRED. `public`, `pairwise`. */
  @StringList() readonly subject_types_supported!: readonly string[];
  /** REQUIRED. How ID tokens may be signed; `RS256` is one of them. */
  @StringList() readonly id_token_signing_alg_values_supported!: readonly string[];
  /** OPTIONAL. How the keys of encrypted ID tokens may be wrapped. */
  @Optional() @StringList() readonly id_token_encryption_alg_values_supported?: readonly string[];
  /** OPTIONAL. How ID tokens may be encrypted. */
  @Optional() @StringList() readonly id_token_encryption_enc_values_supported?: readonly string[];
  /** OPTIONAL. How userinfo may be signed. */
  @Optional() @StringList() readonly userinfo_signing_alg_values_supported?: readonly string[];
  /** OPTIONAL. How the keys of encrypted userinfo may be wrapped. */
  @Optional() @StringList() readonly userinfo_encryption_alg_values_supported?: readonly string[];
  /** OPTIONAL. How userinfo may be encrypted. */
  @Optional() @StringList() readonly userinfo_encryption_enc_values_supported?: readonly string[];
  /** OPTIONAL. How request objects may be signed. */
  @Optional() @StringList() readonly request_object_signing_alg_values_supported?: readonly string[];
  /** OPTIONAL. How the keys of encrypted request objects may be wrapped. */
  @Optional() @StringList() readonly request_object_encryption_alg_values_supported?: readonly string[];
  /** OPTIONAL. How request objects may be encrypted. */
  @Optional() @StringList() readonly request_object_encryption_enc_values_supported?: readonly string[];
  /** OPTIONAL. How clients authenticate at the token endpoint. Default: `client_secret_basic`. */
  @Optional() @StringList() readonly token_endpoint_auth_methods_supported?: readonly string[];
  /** OPTIONAL. How client assertions may be signed; never `none`. */
  @Optional() @StringList() readonly token_endpoint_auth_signing_alg_values_supported?: readonly string[];
  /** OPTIONAL. The values of `display`. */
  @Optional() @StringList() readonly display_values_supported?: readonly string[];
  /** OPTIONAL. `normal`, `aggregated`, `distributed`; `normal` alone when left out. */
  @Optional() @StringList() readonly claim_types_supported?: readonly string[];
  /** RECOMMENDED. The claims that may come. */
  @Optional() @StringList() readonly claims_supported?: readonly string[];
  /** OPTIONAL. A page for developers. */
  @Optional() @IsString() readonly service_documentation?: string;
  /** OPTIONAL. The languages of claims, as BCP 47 tags. */
  @Optional() @StringList() readonly claims_locales_supported?: readonly string[];
  /** OPTIONAL. The languages of the OP's pages, as BCP 47 tags. */
  @Optional() @StringList() readonly ui_locales_supported?: readonly string[];
  /** OPTIONAL. Whether `claims` may be asked for. Default: false. */
  @Optional() @IsBoolean() readonly claims_parameter_supported?: boolean;
  /** OPTIONAL. Whether `request` may be sent. Default: false. */
  @Optional() @IsBoolean() readonly request_parameter_supported?: boolean;
  /** OPTIONAL. Whether `request_uri` may be sent. Default: true. */
  @Optional() @IsBoolean() readonly request_uri_parameter_supported?: boolean;
  /** OPTIONAL. Whether `request_uri` values must be registered. Default: false. */
  @Optional() @IsBoolean() readonly require_request_uri_registration?: boolean;
  /** OPTIONAL. A page on how clients may use data of the OP. */
  @Optional() @IsString() readonly op_policy_uri?: string;
  /** OPTIONAL. The OP's terms of service. */
  @Optional() @IsString() readonly op_tos_uri?: string;

  // Logout: RP-Initiated 1.0 section 2.1, Front-Channel 1.0 section 3, Back-Channel 1.0 section 2.1, Session Management 1.0 section 3.3.

  /** OPTIONAL. Where RPs ask to sign the user out. */
  @Optional() @IsString() readonly end_session_endpoint?: string;
  /** OPTIONAL. Default: false. */
  @Optional() @IsBoolean() readonly frontchannel_logout_supported?: boolean;
  /** OPTIONAL. Whether front-channel notifications hold `iss` and `sid`. Default: false. */
  @Optional() @IsBoolean() readonly frontchannel_logout_session_supported?: boolean;
  /** OPTIONAL. Default: false. */
  @Optional() @IsBoolean() readonly backchannel_logout_supported?: boolean;
  /** OPTIONAL. Whether logout tokens hold `sid`. Default: false. */
  @Optional() @IsBoolean() readonly backchannel_logout_session_supported?: boolean;
  /** OPTIONAL. The page that an RP frames to watch the login state. */
  @Optional() @IsString() readonly check_session_iframe?: string;

  // OAuth: RFC 8414 section 2, 7636, 9207 section 3, 9126 section 5, 8628 section 4, 9449 section 5.1, 8705 sections 3.3 and 5, JARM section 4.

  /** OPTIONAL. Where tokens are asked about. */
  @Optional() @IsString() readonly introspection_endpoint?: string;
  /** OPTIONAL. How clients authenticate there. */
  @Optional() @StringList() readonly introspection_endpoint_auth_methods_supported?: readonly string[];
  /** OPTIONAL. How client assertions may be signed there. */
  @Optional() @StringList() readonly introspection_endpoint_auth_signing_alg_values_supported?: readonly string[];
  /** OPTIONAL. Where tokens are given back. */
  @Optional() @IsString() readonly revocation_endpoint?: string;
  /** OPTIONAL. How clients authenticate there. */
  @Optional() @StringList() readonly revocation_endpoint_auth_methods_supported?: readonly string[];
  /** OPTIONAL. How client assertions may be signed there. */
  @Optional() @StringList() readonly revocation_endpoint_auth_signing_alg_values_supported?: readonly string[];
  /** OPTIONAL. The PKCE methods. */
  @Optional() @StringList() readonly code_challenge_methods_supported?: readonly string[];
  /** OPTIONAL. Whether authentication responses name their issuer; if so, one without is refused. Default: false. */
  @Optional() @IsBoolean() readonly authorization_response_iss_parameter_supported?: boolean;
  /** OPTIONAL. Where authentication requests are pushed. */
  @Optional() @IsString() readonly pushed_authorization_request_endpoint?: string;
  /** OPTIONAL. Whether none is taken that was not pushed. Default: false. */
  @Optional() @IsBoolean() readonly require_pushed_authorization_requests?: boolean;
  /** OPTIONAL. Where devices without a browser begin. */
  @Optional() @IsString() readonly device_authorization_endpoint?: string;
  /** OPTIONAL. How DPoP proofs may be signed. */
  @Optional() @StringList() readonly dpop_signing_alg_values_supported?: readonly string[];
  /** OPTIONAL. Other addresses of the endpoints, for clients with a certificate. */
  @Optional() @StringMap() readonly mtls_endpoint_aliases?: Readonly<Record<string, string>>;
  /** OPTIONAL. Whether access tokens are bound to client certificates. Default: false. */
  @Optional() @IsBoolean() readonly tls_client_certificate_bound_access_tokens?: boolean;
  /** OPTIONAL. How authentication responses may be signed. */
  @Optional() @StringList() readonly authorization_signing_alg_values_supported?: readonly string[];
}
