import { IsString } from '../class-parts.js';
import { ClientMetadata } from './client-metadata.js';
import { NumericDate, StringList } from './members.js';
import { Optional, RequiredWhen } from './optional.js';

/**
 * The client as the OP registered it: from the OP to the RP, JSON with status 201.
 * Other members are kept. [OIDC Dynamic Registration section 3.2](https://openid.net/specs/openid-connect-registration-1_0.html#RegistrationResponse)
 */
export class ClientRegistrationResponse extends ClientMetadata {
  /** REQUIRED. The name of the client at this OP. */
  @IsString() readonly client_id!: string;
  /** OPTIONAL. Its secret. */
  @Optional() @IsString() readonly client_secret?: string;
  /** OPTIONAL. When the secret expires, in seconds, or 0 for never; REQUIRED by the spec beside a secret, left out by some OPs. */
  @Optional() @NumericDate() readonly client_secret_expires_at?: number;
  /** OPTIONAL. When the client_id was issued, in seconds. */
  @Optional() @NumericDate() readonly client_id_issued_at?: number;
  /** OPTIONAL. For later calls to `registration_client_uri`. */
  @RequiredWhen<ClientRegistrationResponse>(({ registration_client_uri: uri }) =>
    uri === undefined ? undefined : 'there is a registration_client_uri',
  )
  @IsString()
  readonly registration_access_token?: string;
  /** OPTIONAL. Where the registration is read and changed. */
  @RequiredWhen<ClientRegistrationResponse>(({ registration_access_token: token }) =>
    token === undefined ? undefined : 'there is a registration_access_token',
  )
  @IsString()
  readonly registration_client_uri?: string;
  /** OPTIONAL. Where the user comes back to. */
  @Optional() @StringList() readonly redirect_uris?: readonly string[];
  /** OPTIONAL. What someone else says of the software, a signed JWT. */
  @Optional() @IsString() readonly software_statement?: string;
}
