import { Message } from './message.js';
import { Parameter } from './members.js';

/**
 * Carries a logout token: from the OP straight to the RP's backchannel_logout_uri, a form by POST.
 * Mutable; other parameters are ignored. [Back-Channel Logout 1.0 section 2.5](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest)
 */
export class BackChannelLogoutNotification extends Message {
  static override readonly frozen = false;

  /** REQUIRED. The logout token, a signed JWT whose claims are a BackChannelLogoutToken. */
  @Parameter() logout_token!: string;
}
