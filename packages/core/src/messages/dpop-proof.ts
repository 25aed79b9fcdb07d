import { IsNotEmpty, IsString } from '../class-parts.js';
import { JwtMessage } from './jwt-message.js';
import { NumericDate, ShortText } from './members.js';
import { Optional } from './optional.js';

/**
 * Shows that the sender holds the key that a token is bound to: the claims of a JWT in the header `DPoP`, from a client to the OP
 * or to an API. Other claims are kept. [RFC 9449 section 4.2](https://www.rfc-editor.org/rfc/rfc9449#section-4.2)
 */
export class DpopProof extends JwtMessage {
  static override readonly extra = 'allow';
  static override readonly jwtTypes = ['dpop+jwt'];

  /** REQUIRED. Unique for this proof. */
  @ShortText() readonly jti!: string;
  /** REQUIRED. The method of the request. */
  @IsString() @IsNotEmpty() readonly htm!: string;
  /** REQUIRED. The URL of the request, without query and fragment. */
  @IsString() @IsNotEmpty() readonly htu!: string;
  /** REQUIRED. When the proof was made, in seconds. */
  @NumericDate() readonly iat!: number;
  /** OPTIONAL. The hash of the access token; REQUIRED beside one. */
  @Optional() @IsString() readonly ath?: string;
  /** OPTIONAL. The nonce that the receiver asked for; REQUIRED if it did. */
  @Optional() @IsString() readonly nonce?: string;
}
