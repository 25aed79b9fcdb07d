import { Equals } from '../class-parts.js';
import { Message } from './message.js';
import { Parameter, Repeatable } from './members.js';
import { Optional, RequiredWhen } from './optional.js';

/** The grant type of a token exchange. */
export const tokenExchangeGrantType = 'urn:ietf:params:oauth:grant-type:token-exchange';

/**
 * Asks for a token in exchange for another: from a client to the OP's token endpoint, a form by POST.
 * Mutable; other parameters are kept. [RFC 8693 section 2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.1)
 */
export class TokenExchangeRequest extends Message {
  static override readonly extra = 'allow';
  static override readonly frozen = false;

  /** REQUIRED. `urn:ietf:params:oauth:grant-type:token-exchange`. */
  @Equals(tokenExchangeGrantType) grant_type!: typeof tokenExchangeGrantType;
  /** OPTIONAL. The addresses of the APIs; may come more than once. */
  @Optional() @Repeatable() resource?: string | readonly string[];
  /** OPTIONAL. The names of the APIs; may come more than once. */
  @Optional() @Repeatable() audience?: string | readonly string[];
  /** OPTIONAL. What is asked for, separated by spaces. */
  @Optional() @Parameter() scope?: string;
  /** OPTIONAL. What kind of token is asked for. */
  @Optional() @Parameter() requested_token_type?: string;
  /** REQUIRED. The token of whom it is done for. */
  @Parameter() subject_token!: string;
  /** REQUIRED. What kind of token that is. */
  @Parameter() subject_token_type!: string;
  /** OPTIONAL. The token of who acts; REQUIRED where there is an `actor_token_type`. */
  @RequiredWhen<TokenExchangeRequest>((message) =>
    message.actor_token_type === undefined ? undefined : 'there is an actor_token_type',
  )
  @Parameter()
  actor_token?: string;
  /** OPTIONAL. What kind of token that is; REQUIRED where there is an `actor_token`. */
  @RequiredWhen<TokenExchangeRequest>((message) =>
    message.actor_token === undefined ? undefined : 'there is an actor_token',
  )
  @Parameter()
  actor_token_type?: string;
}
