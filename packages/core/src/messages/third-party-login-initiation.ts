import { Message } from './message.js';
import { Parameter } from './members.js';
import { Optional } from './optional.js';

/**
 * Asks the RP to begin a login: from anyone to the RP's initiate_login_uri, in the query by GET or as a form by POST.
 * Not authenticated: `iss` must be one of the configured issuers. Other parameters are ignored.
 * [OIDC Core section 4](https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin)
 */
export class ThirdPartyLoginInitiation extends Message {
  /** REQUIRED. The issuer to sign in at. */
  @Parameter() readonly iss!: string;
  /** OPTIONAL. What the user may want to sign in with; goes into the authentication request. */
  @Optional() @Parameter() readonly login_hint?: string;
  /** OPTIONAL. Where the user goes afterwards; must be a page of ours. */
  @Optional() @Parameter() readonly target_link_uri?: string;
}
