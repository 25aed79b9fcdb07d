import type { errorCodes, ErrorCode } from './error-codes.js';

export { type ErrorCode, errorCodes, type ErrorKind } from './error-codes.js';

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
  /** What went wrong, by its stable name. */
  readonly code: ErrorCode;
  /** The HTTP status of the answer to the browser. */
  readonly status: number;
  /** One plain sentence for the person in front of the browser. */
  readonly publicMessage: string;
  /** Headers of the answer. */
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
  /** What went wrong, by its stable name. */
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
  /** What went wrong, by its stable name. */
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
  /** What went wrong, by its stable name. */
  declare readonly code: (typeof errorCodes.denied)[number];
  constructor(code: (typeof errorCodes.denied)[number], message: string, details: ErrorDetails = {}) {
    super(code, message, { status: 403, publicMessage: 'This was refused.', ...details });
  }
}

/** The OP, its keys or the store cannot be reached. Always status 503, with `Retry-After` in seconds. */
export class UnavailableError extends OidcError {
  /** What went wrong, by its stable name. */
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
  const text = (value === undefined ? 'nothing' : jsonOf(value)).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** What JSON cannot say, such as a cycle, is told by its type: showing what was wrong must not go wrong. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function causeOf(cause: unknown): { code?: string; message: string } {
  if (!(cause instanceof Error)) return { message: 'unknown' };
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' ? { code, message: cause.message } : { message: cause.message };
}
