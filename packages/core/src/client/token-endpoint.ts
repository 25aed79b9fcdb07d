import { ConfigurationError, ResponseError, show } from '../errors.js';
import { readTokenResponse } from '../messages/index.js';
import type { TokenErrorResponse, TokenRequest, TokenSuccessResponse } from '../messages/index.js';
import { authenticate } from './client-authentication/authenticate.js';
import type { OidcClient } from './client.js';

/**
 * Sends one token request with the client's authentication, and reads the answer; nothing is tried twice.
 * [RFC 6749 section 5](https://www.rfc-editor.org/rfc/rfc6749#section-5)
 * @throws TokenEndpointError with the OP's error code
 * @throws ResponseError `token_type`, `invalid_message`, `unexpected_status`
 * @throws UnavailableError `op_unreachable`
 */
export async function requestTokens(client: OidcClient, request: TokenRequest): Promise<TokenSuccessResponse> {
  const metadata = await client.provider.metadata();
  const { token_endpoint: url } = metadata;
  if (url === undefined)
    throw new ConfigurationError('invalid_metadata', "Expected token_endpoint in the OP's metadata, came nothing.");
  const { headers, parameters } = await authenticate(client, metadata);
  const body = new URLSearchParams([
    ...new URLSearchParams(request.toForm()),
    ...Object.entries(parameters),
  ]).toString();
  const { status, text } = await client.http.send({ url, method: 'POST', headers, body, accept: 'json' });
  const answer = readTokenResponse({ status, body: text });
  if (!answer.ok) throw new TokenEndpointError(status, answer.error);
  const tokens = answer.response;
  if (tokens.token_type.toLowerCase() !== 'bearer') {
    throw new ResponseError('token_type', `Expected token_type Bearer, came ${show(tokens.token_type)}.`);
  }
  return tokens;
}

/** The token endpoint answered with an error. [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2) */
export class TokenEndpointError extends ResponseError {
  // Out of sight of whatever prints an error: nobody knows what the OP added to it.
  readonly #response: TokenErrorResponse;

  constructor(status: number, response: TokenErrorResponse) {
    const { error, error_description: description } = response;
    const detail = description === undefined ? '' : ` (${show(description)})`;
    super('token_endpoint_error', `The token endpoint answered ${status} with ${show(error)}${detail}.`);
    this.#response = response;
  }

  /** The whole answer of the OP, which logs do not show. */
  get response(): TokenErrorResponse {
    return this.#response;
  }
}
