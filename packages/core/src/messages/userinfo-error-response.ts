import { IsString } from '../class-parts.js';
import { Message } from './message.js';
import { ShortText } from './members.js';
import { Optional } from './optional.js';

/**
 * No claims: from the OP to the RP, JSON with any status but 200.
 * Other members are kept. [OIDC Core 5.3.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoError)
 */
export class UserinfoErrorResponse extends Message {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;

  /** REQUIRED. What went wrong, as in RFC 6750 section 3.1: `invalid_token`, `insufficient_scope`, `invalid_request`. */
  @ShortText() readonly error!: string;
  /** OPTIONAL. The same in words, for developers. */
  @Optional() @IsString() readonly error_description?: string;
}
