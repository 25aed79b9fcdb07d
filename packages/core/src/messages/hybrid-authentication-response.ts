import { Message } from './message.js';
import { Parameter, WholeParameter } from './members.js';
import { Optional, RequiredWhen } from './optional.js';

/**
 * The user signed in, in the hybrid or the implicit flow: from the OP to the RP's redirect_uri, in the fragment or a form.
 * Which of `code`, `id_token` and `access_token` come is told by the response type; one at least. Other parameters are ignored.
 * [OIDC Core 3.3.2.5](https://openid.net/specs/openid-connect-core-1_0.html#HybridAuthResponse)
 */
export class HybridAuthenticationResponse extends Message {
  /** OPTIONAL. The authorization code; REQUIRED where there is no token. */
  @RequiredWhen<HybridAuthenticationResponse>(({ id_token, access_token }) =>
    id_token === undefined && access_token === undefined ? 'there is no token' : undefined,
  )
  @Parameter()
  readonly code?: string;
  /** OPTIONAL. The ID token, whose hashes bind the code, the access token and the state. */
  @Optional() @Parameter() readonly id_token?: string;
  /** OPTIONAL. For the APIs. */
  @Optional() @Parameter() readonly access_token?: string;
  /** OPTIONAL. `Bearer`; REQUIRED where there is an access token. */
  @RequiredWhen<HybridAuthenticationResponse>(({ access_token }) =>
    access_token === undefined ? undefined : 'there is an access token',
  )
  @Parameter()
  readonly token_type?: string;
  /** OPTIONAL. How long the access token lives from now, in seconds. */
  @Optional() @WholeParameter() readonly expires_in?: number;
  /** OPTIONAL. What was granted, separated by spaces. */
  @Optional() @Parameter() readonly scope?: string;
  /** OPTIONAL. The state of the request, unchanged; REQUIRED if one was sent. */
  @Optional() @Parameter() readonly state?: string;
  /** OPTIONAL. The issuer that answers; REQUIRED where its metadata says so ([RFC 9207 section 2](https://www.rfc-editor.org/rfc/rfc9207#section-2)). */
  @Optional() @Parameter() readonly iss?: string;
  /** OPTIONAL. The login state at the OP ([Session Management 1.0 section 2](https://openid.net/specs/openid-connect-session-1_0.html#CreatingUpdatingSessions)). */
  @Optional() @Parameter() readonly session_state?: string;
}
