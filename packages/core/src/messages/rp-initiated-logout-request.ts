import { Message } from './message.js';
import { Parameter, SpaceDelimited } from './members.js';
import { Optional } from './optional.js';

/**
 * Asks the OP to end the user's session there: from the RP to the OP's end_session_endpoint, in the query of a redirect, or as a form.
 * Mutable; other parameters are ignored. [RP-Initiated Logout 1.0 section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
 */
export class RpInitiatedLogoutRequest extends Message {
  static override readonly frozen = false;

  /** RECOMMENDED. The ID token of the session that ends; it may have expired. */
  @Optional() @Parameter() id_token_hint?: string;
  /** OPTIONAL. Who signs out, in the OP's own terms. */
  @Optional() @Parameter() logout_hint?: string;
  /** OPTIONAL. The RP; the one that the hint was issued to. */
  @Optional() @Parameter() client_id?: string;
  /** OPTIONAL. Where the user goes afterwards; exactly one of the registered ones. */
  @Optional() @Parameter() post_logout_redirect_uri?: string;
  /** OPTIONAL. Comes back unchanged to post_logout_redirect_uri. */
  @Optional() @Parameter() state?: string;
  /** OPTIONAL. Languages as BCP 47 tags, the best one first. */
  @Optional() @SpaceDelimited() ui_locales?: readonly string[];
}
