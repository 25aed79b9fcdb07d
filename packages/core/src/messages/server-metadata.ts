import { IsBoolean, IsString } from '../class-parts.js';
import { Message } from './message.js';
import { StringList, StringMap } from './members.js';
import { Optional } from './optional.js';

/** What AuthorizationServerMetadata and ProviderMetadata have in common: RFC 8414 and what OAuth's later specifications add to it. */
export abstract class ServerMetadata extends Message {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;
  static override readonly maxBytes = 1024 * 1024;
  static override readonly defaults: Readonly<Record<string, unknown>> = {
    response_modes_supported: Object.freeze(['query', 'fragment']),
    grant_types_supported: Object.freeze(['authorization_code', 'implicit']),
    token_endpoint_auth_methods_supported: Object.freeze(['client_secret_basic']),
    authorization_response_iss_parameter_supported: false,
    require_pushed_authorization_requests: false,
    tls_client_certificate_bound_access_tokens: false,
  };

  /** REQUIRED. The issuer: exactly what was configured, and what every `iss` holds. */
  @IsString() readonly issuer!: string;
  /** OPTIONAL. Where tokens are asked for; REQUIRED unless only the implicit flow is used. */
  @Optional() @IsString() readonly token_endpoint?: string;
  /** RECOMMENDED. Where clients register themselves. */
  @Optional() @IsString() readonly registration_endpoint?: string;
  /** RECOMMENDED. The scopes; an OP has `openid` among them. */
  @Optional() @StringList() readonly scopes_supported?: readonly string[];
  /** REQUIRED by the spec, left out by some. The order of the words in each means nothing. */
  @Optional() @StringList() readonly response_types_supported?: readonly string[];
  /** OPTIONAL. Default: `query`, `fragment`. */
  @Optional() @StringList() readonly response_modes_supported?: readonly string[];
  /** OPTIONAL. Default: `authorization_code`, `implicit`. */
  @Optional() @StringList() readonly grant_types_supported?: readonly string[];
  /** OPTIONAL. How clients authenticate at the token endpoint. Default: `client_secret_basic`. */
  @Optional() @StringList() readonly token_endpoint_auth_methods_supported?: readonly string[];
  /** OPTIONAL. How client assertions may be signed; never `none`. */
  @Optional() @StringList() readonly token_endpoint_auth_signing_alg_values_supported?: readonly string[];
  /** OPTIONAL. A page for developers. */
  @Optional() @IsString() readonly service_documentation?: string;
  /** OPTIONAL. The languages of its pages, as BCP 47 tags. */
  @Optional() @StringList() readonly ui_locales_supported?: readonly string[];
  /** OPTIONAL. A page on how clients may use its data. */
  @Optional() @IsString() readonly op_policy_uri?: string;
  /** OPTIONAL. Its terms of service. */
  @Optional() @IsString() readonly op_tos_uri?: string;
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
  /** OPTIONAL. The PKCE methods ([RFC 8414 section 2](https://www.rfc-editor.org/rfc/rfc8414#section-2)). */
  @Optional() @StringList() readonly code_challenge_methods_supported?: readonly string[];
  /** OPTIONAL. The same as a signed JWT. */
  @Optional() @IsString() readonly signed_metadata?: string;
  /** OPTIONAL. Whether authentication responses name their issuer; if so, one without is refused ([RFC 9207 section 3](https://www.rfc-editor.org/rfc/rfc9207#section-3)). Default: false. */
  @Optional() @IsBoolean() readonly authorization_response_iss_parameter_supported?: boolean;
  /** OPTIONAL. How authentication responses may be signed ([JARM section 4](https://openid.net/specs/oauth-v2-jarm-final.html#section-4)). */
  @Optional() @StringList() readonly authorization_signing_alg_values_supported?: readonly string[];
  /** OPTIONAL. Where authentication requests are pushed ([RFC 9126 section 5](https://www.rfc-editor.org/rfc/rfc9126#section-5)). */
  @Optional() @IsString() readonly pushed_authorization_request_endpoint?: string;
  /** OPTIONAL. Whether none is taken that was not pushed. Default: false. */
  @Optional() @IsBoolean() readonly require_pushed_authorization_requests?: boolean;
  /** OPTIONAL. Where devices without a browser begin ([RFC 8628 section 4](https://www.rfc-editor.org/rfc/rfc8628#section-4)). */
  @Optional() @IsString() readonly device_authorization_endpoint?: string;
  /** OPTIONAL. How DPoP proofs may be signed ([RFC 9449 section 5.1](https://www.rfc-editor.org/rfc/rfc9449#section-5.1)). */
  @Optional() @StringList() readonly dpop_signing_alg_values_supported?: readonly string[];
  /** OPTIONAL. Other addresses of the endpoints, for clients with a certificate ([RFC 8705 section 5](https://www.rfc-editor.org/rfc/rfc8705#section-5)). */
  @Optional() @StringMap() readonly mtls_endpoint_aliases?: Readonly<Record<string, string>>;
  /** OPTIONAL. Whether access tokens are bound to client certificates. Default: false. */
  @Optional() @IsBoolean() readonly tls_client_certificate_bound_access_tokens?: boolean;
}
