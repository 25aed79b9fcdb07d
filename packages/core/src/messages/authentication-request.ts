import { Message } from './message.js';
import { Parameter, Repeatable, Single, SpaceDelimited, WholeParameter } from './members.js';
import { Optional } from './optional.js';

/**
 * Asks the OP to authenticate the user: from the RP to the OP's authorization endpoint, in the query of a redirect, or as a form.
 * Mutable; other parameters are kept. [OIDC Core 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
 */
export class AuthenticationRequest extends Message {
  static override readonly extra = 'allow';
  static override readonly frozen = false;

  /** REQUIRED. What is asked for, separated by spaces; contains `openid`. */
  @Parameter() scope!: string;
  /** REQUIRED. `code` for the code flow. */
  @Parameter() response_type!: string;
  /** REQUIRED. The RP, as registered at the OP. */
  @Parameter() client_id!: string;
  /** REQUIRED. Where the answer goes; exactly one of the registered ones. */
  @Parameter() redirect_uri!: string;
  /** RECOMMENDED. Comes back unchanged; binds the answer to this browser. */
  @Optional() @Parameter() state?: string;
  /** OPTIONAL. How the answer travels; NOT RECOMMENDED where it is the default of the response type. */
  @Optional() @Parameter() response_mode?: string;
  /** OPTIONAL. Comes back inside the ID token; binds the token to this login. */
  @Optional() @Parameter() nonce?: string;
  /** OPTIONAL. `page`, `popup`, `touch` or `wap`. */
  @Optional() @Single() display?: string;
  /** OPTIONAL. `none`, `login`, `consent`, `select_account`. */
  @Optional() @SpaceDelimited() prompt?: readonly string[];
  /** OPTIONAL. How long ago the user may have authenticated, in seconds; `auth_time` then comes back. */
  @Optional() @WholeParameter() max_age?: number;
  /** OPTIONAL. Languages as BCP 47 tags, the best one first. */
  @Optional() @SpaceDelimited() ui_locales?: readonly string[];
  /** OPTIONAL. An ID token of the user who is expected; SHOULD be present with `prompt=none`. */
  @Optional() @Parameter() id_token_hint?: string;
  /** OPTIONAL. What the user may want to sign in with: an e-mail address, a phone number. */
  @Optional() @Parameter() login_hint?: string;
  /** OPTIONAL. Authentication context classes, the best one first. */
  @Optional() @SpaceDelimited() acr_values?: readonly string[];
  /** OPTIONAL. The challenge of the code verifier ([RFC 7636 section 4.3](https://www.rfc-editor.org/rfc/rfc7636#section-4.3)). */
  @Optional() @Parameter() code_challenge?: string;
  /** OPTIONAL. `S256`. */
  @Optional() @Parameter() code_challenge_method?: string;
  /** OPTIONAL. For which APIs; may come more than once ([RFC 8707 section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)). */
  @Optional() @Repeatable() resource?: string | readonly string[];
}
