import { IsBoolean, IsString } from '../class-parts.js';
import { Message } from './message.js';
import { check, isObject, StringList, Whole } from './members.js';
import { NotBeside, Optional } from './optional.js';

/**
 * What a client is, apart from where the user comes back to and from what the OP adds: part of a registration and of its answer.
 * Other members are kept, such as names with a language tag (`client_name#de`).
 * [OIDC Dynamic Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata), [RFC 7591 section 2](https://www.rfc-editor.org/rfc/rfc7591#section-2)
 */
export class ClientMetadata extends Message {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;

  /** OPTIONAL. The response types that it will use. Default: `code`. */
  @Optional() @StringList() readonly response_types?: readonly string[];
  /** OPTIONAL. The grants that it will use. Default: `authorization_code`. */
  @Optional() @StringList() readonly grant_types?: readonly string[];
  /** OPTIONAL. `web` or `native`. Default: `web`. */
  @Optional() @IsString() readonly application_type?: string;
  /** OPTIONAL. E-mail addresses of those in charge. */
  @Optional() @StringList() readonly contacts?: readonly string[];
  /** OPTIONAL. Its name, for people. */
  @Optional() @IsString() readonly client_name?: string;
  /** OPTIONAL. Its picture. */
  @Optional() @IsString() readonly logo_uri?: string;
  /** OPTIONAL. Its home page. */
  @Optional() @IsString() readonly client_uri?: string;
  /** OPTIONAL. How it uses what it learns of the user. */
  @Optional() @IsString() readonly policy_uri?: string;
  /** OPTIONAL. Its terms of service. */
  @Optional() @IsString() readonly tos_uri?: string;
  /** OPTIONAL. Its public keys, by address. */
  @Optional() @IsString() readonly jwks_uri?: string;
  /** OPTIONAL. Its public keys, by value; not beside `jwks_uri`. */
  @Optional() @NotBeside<ClientMetadata>('jwks_uri') @check('isJwks', 'an object', isObject) readonly jwks?: Readonly<
    Record<string, unknown>
  >;
  /** OPTIONAL. Whose users are told apart by the same `sub`, where `sub` is pairwise. */
  @Optional() @IsString() readonly sector_identifier_uri?: string;
  /** OPTIONAL. `pairwise` or `public`. */
  @Optional() @IsString() readonly subject_type?: string;
  /** OPTIONAL. How its ID tokens are signed. Default: `RS256`. */
  @Optional() @IsString() readonly id_token_signed_response_alg?: string;
  /** OPTIONAL. How the keys of its ID tokens are wrapped; without it they are not encrypted. */
  @Optional() @IsString() readonly id_token_encrypted_response_alg?: string;
  /** OPTIONAL. How its ID tokens are encrypted. Default: `A128CBC-HS256`. */
  @Optional() @IsString() readonly id_token_encrypted_response_enc?: string;
  /** OPTIONAL. How userinfo is signed; without it, it is plain JSON. */
  @Optional() @IsString() readonly userinfo_signed_response_alg?: string;
  /** OPTIONAL. How the keys of userinfo are wrapped. */
  @Optional() @IsString() readonly userinfo_encrypted_response_alg?: string;
  /** OPTIONAL. How userinfo is encrypted. */
  @Optional() @IsString() readonly userinfo_encrypted_response_enc?: string;
  /** OPTIONAL. How its request objects are signed; others are refused. */
  @Optional() @IsString() readonly request_object_signing_alg?: string;
  /** OPTIONAL. How the keys of its request objects may be wrapped. */
  @Optional() @IsString() readonly request_object_encryption_alg?: string;
  /** OPTIONAL. How its request objects may be encrypted. */
  @Optional() @IsString() readonly request_object_encryption_enc?: string;
  /** OPTIONAL. How it authenticates. Default: `client_secret_basic`. */
  @Optional() @IsString() readonly token_endpoint_auth_method?: string;
  /** OPTIONAL. How its assertions are signed. */
  @Optional() @IsString() readonly token_endpoint_auth_signing_alg?: string;
  /** OPTIONAL. `max_age` where a request has none, in seconds. */
  @Optional() @Whole() readonly default_max_age?: number;
  /** OPTIONAL. Whether its ID tokens always hold `auth_time`. Default: false. */
  @Optional() @IsBoolean() readonly require_auth_time?: boolean;
  /** OPTIONAL. `acr_values` where a request has none. */
  @Optional() @StringList() readonly default_acr_values?: readonly string[];
  /** OPTIONAL. Where others ask it to begin a login. */
  @Optional() @IsString() readonly initiate_login_uri?: string;
  /** OPTIONAL. Where its request objects lie. */
  @Optional() @StringList() readonly request_uris?: readonly string[];

  // Logout: RP-Initiated 1.0 section 3.1, Front-Channel 1.0 section 2, Back-Channel 1.0 section 2.2.

  /** OPTIONAL. Where the user comes back to after signing out. */
  @Optional() @StringList() readonly post_logout_redirect_uris?: readonly string[];
  /** OPTIONAL. Where front-channel notifications go. */
  @Optional() @IsString() readonly frontchannel_logout_uri?: string;
  /** OPTIONAL. Whether they must hold `iss` and `sid`. Default: false. */
  @Optional() @IsBoolean() readonly frontchannel_logout_session_required?: boolean;
  /** OPTIONAL. Where logout tokens go. */
  @Optional() @IsString() readonly backchannel_logout_uri?: string;
  /** OPTIONAL. Whether they must hold `sid`. Default: false. */
  @Optional() @IsBoolean() readonly backchannel_logout_session_required?: boolean;

  // OAuth: RFC 7591, 8705 sections 2.1.2 and 3.4, 9126 section 6, 9101 section 10.5, 9449 section 5.2, 9701 section 6, JARM section 3.

  /** OPTIONAL. The scopes that it may ask for, separated by spaces. */
  @Optional() @IsString() readonly scope?: string;
  /** OPTIONAL. The software, the same for all its installations. */
  @Optional() @IsString() readonly software_id?: string;
  /** OPTIONAL. The software's version. */
  @Optional() @IsString() readonly software_version?: string;
  /** OPTIONAL. The subject of its certificate. */
  @Optional() @IsString() readonly tls_client_auth_subject_dn?: string;
  /** OPTIONAL. A DNS name in its certificate. */
  @Optional() @IsString() readonly tls_client_auth_san_dns?: string;
  /** OPTIONAL. A URI in its certificate. */
  @Optional() @IsString() readonly tls_client_auth_san_uri?: string;
  /** OPTIONAL. An IP address in its certificate. */
  @Optional() @IsString() readonly tls_client_auth_san_ip?: string;
  /** OPTIONAL. An e-mail address in its certificate. */
  @Optional() @IsString() readonly tls_client_auth_san_email?: string;
  /** OPTIONAL. Whether its access tokens are bound to its certificate. Default: false. */
  @Optional() @IsBoolean() readonly tls_client_certificate_bound_access_tokens?: boolean;
  /** OPTIONAL. Whether its requests must be pushed. Default: false. */
  @Optional() @IsBoolean() readonly require_pushed_authorization_requests?: boolean;
  /** OPTIONAL. Whether its requests must be signed. Default: false. */
  @Optional() @IsBoolean() readonly require_signed_request_object?: boolean;
  /** OPTIONAL. Whether its access tokens are always bound by DPoP. Default: false. */
  @Optional() @IsBoolean() readonly dpop_bound_access_tokens?: boolean;
  /** OPTIONAL. How authentication responses to it are signed. */
  @Optional() @IsString() readonly authorization_signed_response_alg?: string;
  /** OPTIONAL. How introspection answers to it are signed. */
  @Optional() @IsString() readonly introspection_signed_response_alg?: string;
}
