import type { AuthenticationErrorCode, OrUnknown } from './error-codes.js';
import { Message } from './message.js';
import { Parameter, ShortText } from './members.js';
import { Optional } from './optional.js';

/**
 * The login failed: from the OP to the RP's redirect_uri, in the query, the fragment or a form, by the response mode.
 * Other parameters are kept. [OIDC Core 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError)
 */
export class AuthenticationErrorResponse extends Message {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;

  /** REQUIRED. What went wrong; codes of extensions come too. */
  @ShortText() readonly error!: OrUnknown<AuthenticationErrorCode>;
  /** OPTIONAL. The same in words, for developers. */
  @Optional() @Parameter() readonly error_description?: string;
  /** OPTIONAL. A page with more about it. */
  @Optional() @Parameter() readonly error_uri?: string;
  /** OPTIONAL. The state of the request, unchanged; REQUIRED if one was sent. */
  @Optional() @Parameter() readonly state?: string;
  /** OPTIONAL. The issuer that answers; REQUIRED where its metadata says so ([RFC 9207 section 2](https://www.rfc-editor.org/rfc/rfc9207#section-2)). */
  @Optional() @Parameter() readonly iss?: string;
  /** OPTIONAL. The login state at the OP ([Session Management 1.0 section 2](https://openid.net/specs/openid-connect-session-1_0.html#CreatingUpdatingSessions)). */
  @Optional() @Parameter() readonly session_state?: string;
}
