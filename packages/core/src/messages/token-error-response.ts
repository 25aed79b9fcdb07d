import { IsString } from '../class-parts.js';
import type { OrUnknown, TokenErrorCode } from './error-codes.js';
import { Message } from './message.js';
import { ShortText } from './members.js';
import { Optional } from './optional.js';

/**
 * No tokens: from the OP to the RP, JSON with any status but 200.
 * Other members are kept. [OIDC Core 3.1.3.4](https://openid.net/specs/openid-connect-core-1_0.html#TokenErrorResponse)
 */
export class TokenErrorResponse extends Message {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;

  /** REQUIRED. What went wrong; codes of extensions come too. */
  @ShortText() readonly error!: OrUnknown<TokenErrorCode>;
  /** OPTIONAL. The same in words, for developers. */
  @Optional() @IsString() readonly error_description?: string;
  /** OPTIONAL. A page with more about it. */
  @Optional() @IsString() readonly error_uri?: string;
}
