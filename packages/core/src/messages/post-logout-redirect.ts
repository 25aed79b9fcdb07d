import { Message } from './message.js';
import { Parameter } from './members.js';
import { Optional } from './optional.js';

/**
 * The user comes back from signing out: from the OP to the RP's post_logout_redirect_uri, in the query of a redirect.
 * Other parameters are ignored. [RP-Initiated Logout 1.0 section 3](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RedirectionAfterLogout)
 */
export class PostLogoutRedirect extends Message {
  /** OPTIONAL. The state of the RpInitiatedLogoutRequest, unchanged; REQUIRED if one was sent. */
  @Optional() @Parameter() readonly state?: string;
}
