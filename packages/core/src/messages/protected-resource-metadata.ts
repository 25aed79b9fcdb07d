import { IsBoolean, IsString } from '../class-parts.js';
import { Message } from './message.js';
import { StringList } from './members.js';
import { Optional } from './optional.js';

/**
 * What an API takes, and whose tokens: from the API to clients, JSON at `/.well-known/oauth-protected-resource`.
 * Other members are kept. [RFC 9728 section 2](https://www.rfc-editor.org/rfc/rfc9728#section-2)
 */
export class ProtectedResourceMetadata extends Message {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;
  static override readonly maxBytes = 1024 * 1024;
  static override readonly defaults = {
    tls_client_certificate_bound_access_tokens: false,
    dpop_bound_access_tokens_required: false,
  };

  /** REQUIRED. The API's identifier, a URL; exactly what the metadata was asked for by. */
  @IsString() readonly resource!: string;
  /** OPTIONAL. The issuers whose tokens are taken. */
  @Optional() @StringList() readonly authorization_servers?: readonly string[];
  /** OPTIONAL. The API's public keys. */
  @Optional() @IsString() readonly jwks_uri?: string;
  /** RECOMMENDED. The scopes. */
  @Optional() @StringList() readonly scopes_supported?: readonly string[];
  /** OPTIONAL. How tokens may be sent: `header`, `body`, `query`. */
  @Optional() @StringList() readonly bearer_methods_supported?: readonly string[];
  /** OPTIONAL. How answers may be signed. */
  @Optional() @StringList() readonly resource_signing_alg_values_supported?: readonly string[];
  /** RECOMMENDED. The API's name, for people. */
  @Optional() @IsString() readonly resource_name?: string;
  /** OPTIONAL. A page for developers. */
  @Optional() @IsString() readonly resource_documentation?: string;
  /** OPTIONAL. A page on how clients may use the API's data. */
  @Optional() @IsString() readonly resource_policy_uri?: string;
  /** OPTIONAL. The API's terms of service. */
  @Optional() @IsString() readonly resource_tos_uri?: string;
  /** OPTIONAL. Whether tokens that are bound to client certificates are taken. Default: false. */
  @Optional() @IsBoolean() readonly tls_client_certificate_bound_access_tokens?: boolean;
  /** OPTIONAL. The types of authorization details. */
  @Optional() @StringList() readonly authorization_details_types_supported?: readonly string[];
  /** OPTIONAL. How DPoP proofs may be signed. */
  @Optional() @StringList() readonly dpop_signing_alg_values_supported?: readonly string[];
  /** OPTIONAL. Whether tokens must be bound by DPoP. Default: false. */
  @Optional() @IsBoolean() readonly dpop_bound_access_tokens_required?: boolean;
  /** OPTIONAL. The same as a signed JWT. */
  @Optional() @IsString() readonly signed_metadata?: string;
}
