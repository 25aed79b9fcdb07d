import { IsString } from '../class-parts.js';
import { Message } from './message.js';
import { ExpiresIn } from './members.js';
import { Optional } from './optional.js';

/**
 * The token that was asked for: from the OP to the client, JSON with status 200.
 * Other members are ignored. [RFC 8693 section 2.2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.2.1)
 */
export class TokenExchangeResponse extends Message {
  static override readonly nullIsAbsent = true;

  /** REQUIRED. The token, whatever its kind. */
  @IsString() readonly access_token!: string;
  /** REQUIRED. What kind of token it is. */
  @IsString() readonly issued_token_type!: string;
  /** REQUIRED. How it is used: `Bearer`, `DPoP`, or `N_A` where it is no access token. */
  @IsString() readonly token_type!: string;
  /** RECOMMENDED. How long it lives from now, in seconds. */
  @Optional() @ExpiresIn() readonly expires_in?: number;
  /** OPTIONAL. What was granted, separated by spaces; REQUIRED if it differs from what was asked for. */
  @Optional() @IsString() readonly scope?: string;
  /** OPTIONAL. For new tokens. */
  @Optional() @IsString() readonly refresh_token?: string;
}
