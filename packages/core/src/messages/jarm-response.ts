import { IsString } from '../class-parts.js';
import { JwtMessage } from './jwt-message.js';
import { NumericDate, ShortText, TextOrList, Whole } from './members.js';
import { Optional } from './optional.js';

/**
 * An authentication response inside a JWT: from the OP to the RP's redirect_uri, as the parameter `response`. `iss`, `aud` and
 * `exp` must be checked before anything else in it is read. Other claims are kept.
 * [JARM section 2.1](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.1)
 */
export class JarmResponse extends JwtMessage {
  static override readonly extra = 'allow';

  /** REQUIRED. The issuer that answers. */
  @IsString() readonly iss!: string;
  /** REQUIRED. The RP. */
  @TextOrList() readonly aud!: string | readonly string[];
  /** REQUIRED. From this time on the answer must not be accepted, in seconds. */
  @NumericDate() readonly exp!: number;
  /** OPTIONAL. The authorization code. */
  @Optional() @IsString() readonly code?: string;
  /** OPTIONAL. The state of the request, unchanged; REQUIRED if one was sent. */
  @Optional() @IsString() readonly state?: string;
  /** OPTIONAL. What went wrong, as in AuthenticationErrorResponse. */
  @Optional() @ShortText() readonly error?: string;
  /** OPTIONAL. The same in words, for developers. */
  @Optional() @IsString() readonly error_description?: string;
  /** OPTIONAL. A page with more about it. */
  @Optional() @IsString() readonly error_uri?: string;
  /** OPTIONAL. The ID token, in the hybrid and the implicit flow. */
  @Optional() @IsString() readonly id_token?: string;
  /** OPTIONAL. For the APIs, in the hybrid and the implicit flow. */
  @Optional() @IsString() readonly access_token?: string;
  /** OPTIONAL. `Bearer`. */
  @Optional() @IsString() readonly token_type?: string;
  /** OPTIONAL. How long the access token lives from now, in seconds. */
  @Optional() @Whole() readonly expires_in?: number;
  /** OPTIONAL. What was granted, separated by spaces. */
  @Optional() @IsString() readonly scope?: string;
  /** OPTIONAL. The login state at the OP. */
  @Optional() @IsString() readonly session_state?: string;
}
