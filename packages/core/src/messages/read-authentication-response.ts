import { AuthenticationErrorResponse } from './authentication-error-response.js';
import { AuthenticationSuccessResponse } from './authentication-success-response.js';
import { concerns, readParameters } from './build.js';
import type { Message, MessageClass, UrlPart } from './message.js';
import { readForm, splitUrl } from './parameters.js';
import type { Answer } from './read-answer.js';

/**
 * Reads what came to the redirect URI; one that names an `error` is an error, whatever else it holds.
 * `success` is the HybridAuthenticationResponse where the response type asks for more than a code.
 * @throws ResponseError `invalid_message`, `duplicate_parameter`, `message_too_large`
 */
export function readAuthenticationResponse(
  url: string | URL,
  part?: UrlPart,
): Answer<AuthenticationSuccessResponse, AuthenticationErrorResponse>;
export function readAuthenticationResponse<S extends Message>(
  url: string | URL,
  part: UrlPart,
  success: MessageClass<S>,
): Answer<S, AuthenticationErrorResponse>;
export function readAuthenticationResponse(
  url: string | URL,
  part: UrlPart = 'auto',
  success: MessageClass<Message> = AuthenticationSuccessResponse,
): Answer<Message, AuthenticationErrorResponse> {
  const { query, fragment } = splitUrl(String(url));
  const answers = [success, AuthenticationErrorResponse];
  const inFragment = part === 'fragment' || (part === 'auto' && answers.some((type) => concerns(type, fragment)));
  return readAuthenticationForm(inFragment ? fragment : query, success);
}

/**
 * Reads what came to the redirect URI as a form (response mode `form_post`), as `readAuthenticationResponse` does.
 * @throws ResponseError `invalid_message`, `duplicate_parameter`, `message_too_large`
 */
export function readAuthenticationForm(
  body: unknown,
): Answer<AuthenticationSuccessResponse, AuthenticationErrorResponse>;
export function readAuthenticationForm<S extends Message>(
  body: unknown,
  success: MessageClass<S>,
): Answer<S, AuthenticationErrorResponse>;
export function readAuthenticationForm(
  body: unknown,
  success: MessageClass<Message> = AuthenticationSuccessResponse,
): Answer<Message, AuthenticationErrorResponse> {
  const parameters = readForm(body, 'The authentication response');
  if (parameters.has('error')) return { ok: false, error: readParameters(AuthenticationErrorResponse, parameters) };
  return { ok: true, response: readParameters(success, parameters) };
}
