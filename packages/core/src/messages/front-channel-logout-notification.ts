import { Message } from './message.js';
import { Parameter } from './members.js';
import { RequiredWhen } from './optional.js';

/**
 * A session ended at the OP: from the OP to the RP's frontchannel_logout_uri, in the query, through an iframe in the user's browser.
 * Not authenticated: it names a session and proves nothing. Other parameters are ignored.
 * [Front-Channel Logout 1.0 section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)
 */
export class FrontChannelLogoutNotification extends Message {
  /** OPTIONAL. The issuer; REQUIRED where there is a `sid`. */
  @RequiredWhen<FrontChannelLogoutNotification>(({ sid }) => (sid === undefined ? undefined : 'there is a sid'))
  @Parameter()
  readonly iss?: string;
  /** OPTIONAL. The session that ended; REQUIRED where there is an `iss`. */
  @RequiredWhen<FrontChannelLogoutNotification>(({ iss }) => (iss === undefined ? undefined : 'there is an iss'))
  @Parameter()
  readonly sid?: string;
}
