/**
 * The stable names of everything that can go wrong. A code never changes its meaning;
 * the four groups say whose fault it is, which decides the HTTP status.
 */
export const errorCodes = {
  /** Ours to mend: found at construction or at discovery, never caused by a user. */
  configuration: ['invalid_option', 'invalid_metadata', 'issuer_mismatch', 'unsupported_algorithm'],
  /** The other side sent something that breaks the protocol. */
  response: [
    'invalid_message',
    'duplicate_parameter',
    'message_too_large',
    'unexpected_status',
    'unexpected_content_type',
    'jwt_malformed',
    'jwt_alg',
    'jwt_typ',
    'jwt_crit',
    'jwt_key',
    'jwt_signature',
    'id_token_missing',
    'id_token_iss',
    'id_token_sub',
    'id_token_aud',
    'id_token_azp',
    'id_token_exp',
    'id_token_nbf',
    'id_token_iat',
    'id_token_nonce',
    'id_token_auth_time',
    'id_token_acr',
    'id_token_hash',
    'logout_token_iss',
    'logout_token_aud',
    'logout_token_exp',
    'logout_token_iat',
    'logout_token_nonce',
    'logout_token_events',
    'logout_token_jti',
    'logout_token_replayed',
    'logout_token_unknown_session',
    'access_token_iss',
    'access_token_aud',
    'access_token_exp',
    'access_token_nbf',
    'access_token_iat',
    'token_type',
    'token_endpoint_error',
    'userinfo_sub',
    'userinfo_error',
    'state_mismatch',
    'response_iss',
  ],
  /** The user or a policy said no. */
  denied: [
    'login_unknown',
    'login_used',
    'login_expired',
    'login_refused',
    'login_ended',
    'authorization_error',
    'login_required',
    'not_a_navigation',
    'csrf_refused',
    'method_not_allowed',
    'invalid_request',
  ],
  /** The network, the OP or the store: nothing is lost, trying again may work. */
  unavailable: ['op_unreachable', 'no_usable_key', 'store_unavailable', 'store_full', 'prefetch'],
} as const;

/** The kinds of failure, by fault. */
export type ErrorKind = keyof typeof errorCodes;
/** Every error code of this package. */
export type ErrorCode = (typeof errorCodes)[ErrorKind][number];

/** What an error may carry beside its code and its message. */
export interface ErrorDetails {
  /** The HTTP status of the answer to the browser; each kind has its own default. */
  status?: number;
  /** One plain sentence for the person in front of the browser; each kind has its own default. */
  publicMessage?: string;
  /** Headers of the answer: `Retry-After`, `WWW-Authenticate`. */
  headers?: Readonly<Record<string, string>>;
  /** What went wrong below; only its code and message are kept, so that nothing secret travels along. */
  cause?: unknown;
}

/**
 * The root of all errors of this package: a stable `code`, an HTTP `status`, a technical `message`
 * that holds no secret, and a `publicMessage` that may be shown to anyone.
 */
export abstract class OidcError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly publicMessage: string;
  readonly headers: Readonly<Record<string, string>>;

  protected constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails & { status: number; publicMessage: string },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: causeOf(details.cause) });
    this.name = new.target.name;
    this.code = code;
    this.status = details.status;
    this.publicMessage = details.publicMessage;
    this.headers = Object.freeze({ ...details.headers });
  }
}

/** An option or the OP's registration is wrong; the program's author has to act. Status 500. */
export class ConfigurationError extends OidcError {
  declare readonly code: (typeof errorCodes.configuration)[number];
  constructor(code: (typeof errorCodes.configuration)[number], message: string, details: ErrorDetails = {}) {
    super(code, message, {
      status: 500,
      publicMessage: 'This site is not set up correctly for signing in.',
      ...details,
    });
  }
}

/** A message that came in breaks the protocol. Status 400 unless said otherwise. */
export class ResponseError extends OidcError {
  declare readonly code: (typeof errorCodes.response)[number];
  constructor(code: (typeof errorCodes.response)[number], message: string, details: ErrorDetails = {}) {
    super(code, message, {
      status: 400,
      publicMessage: 'The answer of the sign-in service could not be accepted.',
      ...details,
    });
  }
}

/** The user, the OP or a policy refused. Status 403 unless said otherwise. */
export class DeniedError extends OidcError {
  declare readonly code: (typeof errorCodes.denied)[number];
  constructor(code: (typeof errorCodes.denied)[number], message: string, details: ErrorDetails = {}) {
    super(code, message, { status: 403, publicMessage: 'This was refused.', ...details });
  }
}

/** The OP, its keys or the store cannot be reached. Always status 503, with `Retry-After` in seconds. */
export class UnavailableError extends OidcError {
  declare readonly code: (typeof errorCodes.unavailable)[number];
  constructor(
    code: (typeof errorCodes.unavailable)[number],
    message: string,
    details: Omit<ErrorDetails, 'status'> & { retryAfter?: number } = {},
  ) {
    const { retryAfter = 5, headers, ...rest } = details;
    super(code, message, {
      publicMessage: 'The sign-in service cannot be reached right now. Nothing is lost; please try again in a moment.',
      ...rest,
      status: 503,
      headers: { 'Retry-After': String(retryAfter), ...headers },
    });
  }
}

/**
 * Shows a foreign value in a message: JSON-quoted, control characters escaped, cut at 80 characters.
 * Never for secrets, tokens, codes, state, nonce, sid, jti or hashes: those are named, not shown.
 */
export function show(value: unknown): string {
  const text = (value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value)).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    escaped,
  );
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function causeOf(cause: unknown): { code?: string; message: string } {
  if (!(cause instanceof Error)) return { message: 'unknown' };
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' ? { code, message: cause.message } : { message: cause.message };
}
