import { Message } from './message.js';
import { Parameter } from './members.js';
import { Optional } from './optional.js';

/**
 * The user signed in: from the OP to the RP's redirect_uri, in the query, the fragment or a form, by the response mode.
 * Other parameters are ignored. [OIDC Core 3.1.2.5](https://openid.net/specs/openid-connect-core-1_0.html#AuthResponse)
 */
export class AuthenticationSuccessResponse extends Message {
  /** REQUIRED. The authorization code: used once, within minutes. */
  @Parameter() readonly code!: string;
  /** OPTIONAL. The state of the request, unchanged; REQUIRED if one was sent. */
  @Optional() @Parameter() readonly state?: string;
  /** OPTIONAL. The issuer that answers; REQUIRED where its metadata says so ([RFC 9207 section 2](https://www.rfc-editor.org/rfc/rfc9207#section-2)). */
  @Optional() @Parameter() readonly iss?: string;
  /** OPTIONAL. The login state at the OP ([Session Management 1.0 section 2](https://openid.net/specs/openid-connect-session-1_0.html#CreatingUpdatingSessions)). */
  @Optional() @Parameter() readonly session_state?: string;
}
