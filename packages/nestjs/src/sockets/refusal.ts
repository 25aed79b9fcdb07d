import { OidcError } from '@latchkey/core';
import { Logger } from '@nestjs/common';

/** What is told of a refusal where there are no pages. */
export interface Refusal {
  readonly status: 'error';
  /** The code of the error. */
  readonly code: string;
  /** What everybody may know of it. */
  readonly message: string;
  /** What the status of an answer over HTTP would be. */
  readonly statusCode: number;
}

const byAnotherGuard: Refusal = {
  status: 'error',
  code: 'forbidden',
  message: 'This connection was refused.',
  statusCode: 403,
};

const ours = new WeakSet<object>();

export function refusalOf({ code, publicMessage: message, status: statusCode }: OidcError): Refusal {
  const refusal: Refusal = { status: 'error', code, message, statusCode };
  ours.add(refusal);
  return refusal;
}

/** Whether it is one that `refusalOf` has made. */
export function isRefusal(told: unknown): told is Refusal {
  return typeof told === 'object' && told !== null && ours.has(told);
}

/** The error of ours behind what a guard threw, where it is one. */
export function errorBehind(thrown: unknown): OidcError | undefined {
  if (thrown instanceof OidcError) return thrown;
  const { cause } = (thrown ?? {}) as { readonly cause?: unknown };
  return cause instanceof OidcError ? cause : undefined;
}

/** What a client is told whose handshake a guard refused. What is no error of ours is logged, and tells nothing. */
export function handshakeRefusal(thrown: unknown): Refusal {
  const error = errorBehind(thrown);
  if (error) return refusalOf(error);
  new Logger('Latchkey').error(thrown);
  return byAnotherGuard;
}

/** Close codes from 4000 on are for programs to choose; these are those of graphql-ws, whose clients do not try them again. */
export function closeCodeOf({ statusCode }: Refusal): number {
  if (statusCode >= 500) return 1013;
  return statusCode === 401 ? 4401 : 4403;
}
