import { IsBoolean, IsString } from '../class-parts.js';
import { Message } from './message.js';
import { NumericDate, ShortText, TextOrList } from './members.js';
import { Optional } from './optional.js';

/**
 * What a token is worth: from the OP to the API, JSON with status 200.
 * Mutable; other members are kept. [RFC 7662 section 2.2](https://www.rfc-editor.org/rfc/rfc7662#section-2.2)
 */
export class TokenIntrospectionSuccessResponse extends Message {
  static override readonly extra = 'allow';
  static override readonly frozen = false;
  static override readonly nullIsAbsent = true;

  /** REQUIRED. Whether the token is good now; nothing but `true` means that it is. */
  @IsBoolean() active!: boolean;
  /** OPTIONAL. What was granted, separated by spaces. */
  @Optional() @IsString() scope?: string;
  /** OPTIONAL. The client that asked for the token. */
  @Optional() @IsString() client_id?: string;
  /** OPTIONAL. The user, in words for people. */
  @Optional() @IsString() username?: string;
  /** OPTIONAL. `Bearer` or `DPoP`. */
  @Optional() @IsString() token_type?: string;
  /** OPTIONAL. From this time on the token must not be accepted, in seconds. */
  @Optional() @NumericDate() exp?: number;
  /** OPTIONAL. When the token was issued, in seconds. */
  @Optional() @NumericDate() iat?: number;
  /** OPTIONAL. Before this time the token must not be accepted, in seconds. */
  @Optional() @NumericDate() nbf?: number;
  /** OPTIONAL. The user, or the client where no user is involved; 1 to 255 characters, case-sensitive. */
  @Optional() @ShortText() sub?: string;
  /** OPTIONAL. The API, or the APIs, that the token is for. */
  @Optional() @TextOrList() aud?: string | readonly string[];
  /** OPTIONAL. The issuer. */
  @Optional() @IsString() iss?: string;
  /** OPTIONAL. Unique for this token. */
  @Optional() @IsString() jti?: string;
}
