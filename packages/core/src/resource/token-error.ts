import { DeniedError, type OidcError, ResponseError } from '../errors.js';
import { DpopError } from './dpop.js';
import { PolicyError } from './policy.js';
import type { Challenges } from './token-challenge.js';

/** The errors that a challenge names. */
export type ChallengeError =
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce';

/** A request to an API was refused: with the status and the challenge that the specifications want. */
export class TokenError extends DeniedError {
  /** What the challenge names; nothing where no credentials came. */
  readonly error: ChallengeError | undefined;

  constructor(
    code: DeniedError['code'],
    message: string,
    {
      error,
      ...details
    }: { error: ChallengeError | undefined } & NonNullable<ConstructorParameters<typeof DeniedError>[2]>,
  ) {
    super(code, message, { publicMessage: 'This request was refused.', ...details });
    this.error = error;
  }
}

const descriptions: Readonly<Record<string, string>> = {
  access_token_exp: 'The access token has expired.',
  access_token_nbf: 'The access token is not valid yet.',
  access_token_iat: 'The access token was issued in the future.',
  access_token_aud: 'The access token is for another API.',
  access_token_iss: 'The issuer of the access token is not known here.',
  access_token_kind: 'This is no access token.',
  access_token_claims: 'The access token lacks a claim that it must have.',
  access_token_inactive: 'The access token is not valid any more.',
  access_token_binding: 'The access token is bound to its sender, who was not shown to have sent it.',
  jwt_typ: 'This is no access token.',
  jwt_signature: 'The signature of the access token does not hold.',
  insufficient_scope: 'The access token was not granted what this takes.',
  insufficient_claims: 'A claim of the access token is not what this takes.',
  insufficient_user_authentication: 'The user must authenticate again, or better.',
  invalid_request: 'The request brings no credentials that can be read, or several.',
};

/**
 * What a request is answered with for what was found wrong. Nothing of the token or of the request gets into it: a
 * header is no place for what somebody else has written. What is nobody's refusal, such as an OP that is down or a
 * predicate that throws, stays what it is.
 * [RFC 6750 section 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)
 */
export function tokenErrorOf(cause: unknown, scheme: 'Bearer' | 'DPoP', challenges: Challenges): unknown {
  if (!isRefusal(cause)) return cause;
  const { code, status, error, parameters } = verdictOf(cause);
  const description =
    descriptions[cause.code] ??
    (cause instanceof DpopError ? 'The DPoP proof is not accepted.' : 'The access token is not accepted.');
  const challenge = challenges.for(cause instanceof DpopError ? 'DPoP' : scheme, {
    error,
    error_description: description,
    ...parameters,
  });
  const headers = { ...cause.headers, 'WWW-Authenticate': challenge };
  return new TokenError(code, cause.message, { status, error, headers, cause, publicMessage: description });
}

/** No credentials came, so none are wrong: the challenge has no error. */
export function tokenRequired(challenges: Challenges): TokenError {
  return new TokenError('token_required', 'Expected an access token, came none.', {
    error: undefined,
    status: 401,
    headers: { 'WWW-Authenticate': challenges.bare },
    publicMessage: 'This needs an access token.',
  });
}

interface Verdict {
  readonly code: DeniedError['code'];
  readonly status: number;
  readonly error: ChallengeError;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What our own steps refuse with; a program's predicate may throw errors of its own. */
function isRefusal(cause: unknown): cause is OidcError {
  if (cause instanceof ResponseError || cause instanceof PolicyError) return true;
  return cause instanceof DeniedError && cause.code === 'invalid_request';
}

function verdictOf(cause: OidcError): Verdict {
  if (cause instanceof PolicyError) {
    const { code, status, parameters } = cause;
    // What no scope would mend has no name of its own in RFC 6750; 403 with this one is the nearest.
    return { code, status, parameters, error: code === 'insufficient_claims' ? 'insufficient_scope' : code };
  }
  if (cause instanceof DpopError) return { code: 'token_refused', status: 401, error: cause.error };
  if (cause instanceof ResponseError) return { code: 'token_refused', status: 401, error: 'invalid_token' };
  return { code: 'invalid_request', status: 400, error: 'invalid_request' };
}
