import { Message } from './message.js';
import { Parameter } from './members.js';
import { Optional } from './optional.js';

/**
 * Asks about a token: from the API to the OP's introspection endpoint, a form by POST, with client authentication.
 * Mutable; other parameters are kept. [RFC 7662 section 2.1](https://www.rfc-editor.org/rfc/rfc7662#section-2.1)
 */
export class TokenIntrospectionRequest extends Message {
  static override readonly extra = 'allow';
  static override readonly frozen = false;

  /** REQUIRED. The token. */
  @Parameter() token!: string;
  /** OPTIONAL. `access_token`, `refresh_token`; where the OP looks first. */
  @Optional() @Parameter() token_type_hint?: string;
}
