import { Message } from './message.js';
import { Parameter } from './members.js';
import { Optional } from './optional.js';

/**
 * Gives a token back: from the RP to the OP's revocation endpoint, a form by POST, with client authentication. The answer is a bare 200.
 * Mutable; other parameters are kept. [RFC 7009 section 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)
 */
export class RevocationRequest extends Message {
  static override readonly extra = 'allow';
  static override readonly frozen = false;

  /** REQUIRED. The token. */
  @Parameter() token!: string;
  /** OPTIONAL. `access_token`, `refresh_token`; where the OP looks first. */
  @Optional() @Parameter() token_type_hint?: string;
}
