import type { OidcError } from '@latchkey/core';
import { IntrinsicException } from '@nestjs/common';

/**
 * What guards throw in resolvers. GraphQL takes over its `extensions`, whatever copy of its package is loaded; those of
 * Apollo name the code.
 */
export class GraphqlException extends IntrinsicException {
  readonly extensions: Readonly<Record<string, unknown>>;
  override readonly cause: OidcError;

  constructor(error: OidcError) {
    super(error.publicMessage);
    const { code: reason, status } = error;
    this.extensions = { code: codeOf(status), reason, status };
    this.cause = error;
  }
}

function codeOf(status: number): string {
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403) return 'FORBIDDEN';
  return status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR';
}
