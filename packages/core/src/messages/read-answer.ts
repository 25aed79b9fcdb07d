import { ResponseError } from '../errors.js';
import { BearerTokenError } from './bearer-token-error.js';
import { ClientRegistrationError } from './client-registration-error.js';
import { ClientRegistrationResponse } from './client-registration-response.js';
import { DeviceAuthorizationError } from './device-authorization-error.js';
import { DeviceAuthorizationResponse } from './device-authorization-response.js';
import { parseJson } from './json.js';
import { isObject } from './members.js';
import { readJson } from './build.js';
import type { Message, MessageClass } from './message.js';
import { PushedAuthorizationError } from './pushed-authorization-error.js';
import { PushedAuthorizationResponse } from './pushed-authorization-response.js';
import { TokenErrorResponse } from './token-error-response.js';
import { TokenExchangeResponse } from './token-exchange-response.js';
import { TokenIntrospectionErrorResponse } from './token-introspection-error-response.js';
import { TokenIntrospectionSuccessResponse } from './token-introspection-success-response.js';
import { TokenSuccessResponse } from './token-success-response.js';
import { UserinfoErrorResponse } from './userinfo-error-response.js';
import { UserinfoSuccessResponse } from './userinfo-success-response.js';

/** What was asked for, or why not: `ok` tells which. */
export type Answer<Success, Failure> =
  { readonly ok: true; readonly response: Success } | { readonly ok: false; readonly error: Failure };

/** What an endpoint answered with. */
export interface HttpAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The body, as text or as the object that it parses to. */
  readonly body: unknown;
  /** The header `WWW-Authenticate`, in which a userinfo endpoint says what is wrong. */
  readonly challenge?: string | null;
}

/**
 * Reads a JSON answer. One that names an `error` is an error whatever its status, since some OPs send it with 200.
 * @throws ResponseError `unexpected_status` for a failure that says nothing, `invalid_message`, `message_too_large`
 */
export type AnswerReader<Success, Failure> = (answer: HttpAnswer) => Answer<Success, Failure>;

function reader<S extends Message, F extends Message>(
  success: MessageClass<S>,
  failure: MessageClass<F>,
): AnswerReader<S, F> {
  return ({ status, body, challenge }) => {
    const good = status >= 200 && status < 300;
    const value = typeof body === 'string' ? parsed(body, good, success) : body;
    if (isObject(value) && typeof value.error === 'string') return { ok: false, error: readJson(failure, value) };
    if (good) return { ok: true, response: readJson(success, value) };
    const challenged = challenge
      ? (BearerTokenError.fromChallenge(challenge) ?? BearerTokenError.fromChallenge(challenge, 'DPoP'))
      : undefined;
    if (challenged?.error !== undefined) return { ok: false, error: readJson(failure, challenged) };
    throw new ResponseError(
      'unexpected_status',
      `${success.name}: expected an answer or an error in JSON, came status ${status}.`,
    );
  };
}

/** A failure may have any body, such as a proxy's page; what was asked for may not. */
function parsed(text: string, good: boolean, { maxBytes, name }: MessageClass<Message>): unknown {
  try {
    return parseJson(text, maxBytes, name);
  } catch (error) {
    if (good) throw error;
    return undefined;
  }
}

/** Reads the token endpoint's answer. */
export const readTokenResponse: AnswerReader<TokenSuccessResponse, TokenErrorResponse> = reader(
  TokenSuccessResponse,
  TokenErrorResponse,
);
/** Reads the token endpoint's answer to a TokenExchangeRequest. */
export const readTokenExchangeResponse: AnswerReader<TokenExchangeResponse, TokenErrorResponse> = reader(
  TokenExchangeResponse,
  TokenErrorResponse,
);
/** Reads the userinfo endpoint's answer, where it is JSON. */
export const readUserinfoResponse: AnswerReader<UserinfoSuccessResponse, UserinfoErrorResponse> = reader(
  UserinfoSuccessResponse,
  UserinfoErrorResponse,
);
/** Reads the introspection endpoint's answer, where it is JSON. */
export const readIntrospectionResponse: AnswerReader<
  TokenIntrospectionSuccessResponse,
  TokenIntrospectionErrorResponse
> = reader(TokenIntrospectionSuccessResponse, TokenIntrospectionErrorResponse);
/** Reads the registration endpoint's answer. */
export const readRegistrationResponse: AnswerReader<ClientRegistrationResponse, ClientRegistrationError> = reader(
  ClientRegistrationResponse,
  ClientRegistrationError,
);
/** Reads the pushed authorization request endpoint's answer. */
export const readPushedAuthorizationResponse: AnswerReader<PushedAuthorizationResponse, PushedAuthorizationError> =
  reader(PushedAuthorizationResponse, PushedAuthorizationError);
/** Reads the device authorization endpoint's answer. */
export const readDeviceAuthorizationResponse: AnswerReader<DeviceAuthorizationResponse, DeviceAuthorizationError> =
  reader(DeviceAuthorizationResponse, DeviceAuthorizationError);
