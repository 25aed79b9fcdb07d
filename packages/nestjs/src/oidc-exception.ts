import type { OidcError } from '@latchkey/core';
import { HttpException } from '@nestjs/common';

/**
 * What the guards throw over HTTP. A filter that knows nothing of it answers with the right status and a JSON body, and
 * the headers are set already; ours gives the whole answer, which may be a page.
 */
export class OidcException extends HttpException {
  /** Why. */
  readonly error: OidcError;
  /** The whole answer. @internal */
  readonly answer: Response;

  constructor(error: OidcError, answer: Response) {
    const { code, publicMessage } = error;
    super({ statusCode: answer.status, error: code, message: publicMessage }, answer.status, { cause: error });
    this.error = error;
    this.answer = answer;
  }
}
