import type { OidcClient } from '../client/client.js';
import { equalInConstantTime } from '../crypto.js';
import { DeniedError, ResponseError, show } from '../errors.js';
import { readAuthenticationResponse } from '../messages/index.js';
import type { AuthenticationErrorResponse, AuthenticationSuccessResponse } from '../messages/index.js';
import type { Login } from '../session/login-cookies.js';

/** The OP answered a login with an error. [OIDC Core section 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError) */
export class AuthorizationError extends DeniedError {
  // Out of sight of whatever prints an error: the state is in it, and whatever else the OP added.
  readonly #response: AuthenticationErrorResponse;

  constructor(response: AuthenticationErrorResponse) {
    const { error, error_description: description } = response;
    const detail = description === undefined ? '' : ` (${show(description)})`;
    const [status, publicMessage] = known.get(error) ?? [502, 'The sign-in service reported an error.'];
    super('authorization_error', `The OP answered this login with ${show(error)}${detail}.`, { status, publicMessage });
    this.#response = response;
  }

  /** The whole answer of the OP, which logs do not show. */
  get response(): AuthenticationErrorResponse {
    return this.#response;
  }
}

/** Who refused decides the status; what is not here is the OP's or the registration's fault. */
const known: ReadonlyMap<string, readonly [status: number, sentence: string]> = new Map([
  ['access_denied', [403, 'The sign-in was cancelled or not allowed.']],
  ['login_required', [401, 'You are not signed in at the sign-in service.']],
  ['interaction_required', [401, 'The sign-in service needs to ask you something first.']],
  ['account_selection_required', [401, 'You need to choose an account first.']],
  ['consent_required', [401, 'You need to give your consent first.']],
  ['temporarily_unavailable', [503, 'The sign-in service is busy right now. Please try again in a moment.']],
]);

/**
 * Reads what the OP sent back to the redirect URI, and holds it against the login it answers.
 * [OIDC Core section 3.1.2.5](https://openid.net/specs/openid-connect-core-1_0.html#AuthResponse), [RFC 9207 section 2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)
 * @throws ResponseError `state_mismatch`, `response_iss`, `duplicate_parameter`, `invalid_message`
 * @throws AuthorizationError when the OP answered with an error
 */
export async function readCallback(
  client: OidcClient,
  url: string,
  login: Login,
): Promise<AuthenticationSuccessResponse> {
  const answer = readAuthenticationResponse(url, 'query');
  const response = answer.ok ? answer.response : answer.error;
  // 1. state is the login's own
  if (response.state === undefined || !equalInConstantTime(response.state, login.state)) {
    throw new ResponseError('state_mismatch', 'Expected the state of this login, came another or none.');
  }
  // 2. iss is the issuer that the login was sent to, and there where the OP says that it always is
  const { issuer } = client.ref;
  const metadata = await client.provider.metadata();
  if (response.iss === undefined && metadata.authorization_response_iss_parameter_supported) {
    throw new ResponseError(
      'response_iss',
      `Expected iss ${show(issuer)} in the response, since the OP's metadata promises it, came nothing.`,
    );
  }
  if (response.iss !== undefined && response.iss !== issuer) {
    throw new ResponseError('response_iss', `Expected iss ${show(issuer)}, came ${show(response.iss)}.`);
  }
  // 3. an error is an answer too
  if (!answer.ok) throw new AuthorizationError(answer.error);
  return answer.response;
}
