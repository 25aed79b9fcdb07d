import { IsBoolean, IsString } from '../class-parts.js';
import { StringList } from './members.js';
import { Optional } from './optional.js';
import { ServerMetadata } from './server-metadata.js';

/**
 * What the OP can do, and where: from the OP to the RP, JSON at `/.well-known/openid-configuration` under the issuer.
 * Other members are kept. A member with a default reads as its default when it was left out, and is then not sent.
 * [OIDC Discovery section 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata)
 */
export class ProviderMetadata extends ServerMetadata {
  static override readonly defaults = {
    ...ServerMetadata.defaults,
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: true,
    require_request_uri_registration: false,
    frontchannel_logout_supported: false,
    frontchannel_logout_session_supported: false,
    backchannel_logout_supported: false,
    backchannel_logout_session_supported: false,
  };

  /** REQUIRED. Where the user signs in. */
  @IsString() readonly authorization_endpoint!: string;
  /** RECOMMENDED. Where the claims about the user are. */
  @Optional() @IsString() readonly userinfo_endpoint?: string;
  /** REQUIRED. The OP's public keys. */
  @IsString() readonly jwks_uri!: string;
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
  /** OPTIONAL. The values of `display`. */
  @Optional() @StringList() readonly display_values_supported?: readonly string[];
  /** OPTIONAL. `normal`, `aggregated`, `distributed`; `normal` alone when left out. */
  @Optional() @StringList() readonly claim_types_supported?: readonly string[];
  /** RECOMMENDED. The claims that may come. */
  @Optional() @StringList() readonly claims_supported?: readonly string[];
  /** OPTIONAL. The languages of claims, as BCP 47 tags. */
  @Optional() @StringList() readonly claims_locales_supported?: readonly string[];
  /** OPTIONAL. Whether `claims` may be asked for. Default: false. */
  @Optional() @IsBoolean() readonly claims_parameter_supported?: boolean;
  /** OPTIONAL. Whether `request` may be sent. Default: false. */
  @Optional() @IsBoolean() readonly request_parameter_supported?: boolean;
  /** OPTIONAL. Whether `request_uri` may be sent. Default: true. */
  @Optional() @IsBoolean() readonly request_uri_parameter_supported?: boolean;
  /** OPTIONAL. Whether `request_uri` values must be registered. Default: false. */
  @Optional() @IsBoolean() readonly require_request_uri_registration?: boolean;

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
}
