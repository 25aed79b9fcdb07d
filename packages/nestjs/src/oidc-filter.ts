import { OidcError } from '@latchkey/core';
import { type ArgumentsHost, Catch } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { callOf, clientOf } from './calls.js';
import { channelOf } from './context/channel.js';
import { OidcException } from './oidc-exception.js';

/**
 * Answers what the guards refuse, and errors of `@latchkey/core` that a handler throws, such as a session that is over
 * when it wants an access token. The modules bring it along.
 */
@Catch(OidcError, OidcException)
export class OidcFilter extends BaseExceptionFilter {
  private readonly host: HttpAdapterHost;

  constructor(host: HttpAdapterHost) {
    super(host.httpAdapter);
    this.host = host;
  }

  override catch(exception: OidcError | OidcException, host: ArgumentsHost): void {
    // Over anything else the guards have thrown what is right there.
    if (host.getType() !== 'http') throw exception;
    // Nest does not wait for a filter, so what fails here is answered here.
    this.#answer(exception, host).catch((error: unknown) => super.catch(error, host));
  }

  async #answer(exception: OidcError | OidcException, host: ArgumentsHost): Promise<void> {
    const shown = exception instanceof OidcException ? exception : await exceptionOf(exception, host);
    if (!(shown instanceof OidcException)) return super.catch(shown, host);
    const { httpAdapter } = this.host;
    const response: unknown = host.switchToHttp().getResponse();
    const type = shown.answer.headers.get('content-type');
    if (type !== null) httpAdapter.setHeader(response, 'Content-Type', type);
    httpAdapter.reply(response, await shown.answer.text(), shown.answer.status);
  }
}

function exceptionOf(error: OidcError, host: ArgumentsHost): Promise<Error> {
  const channel = channelOf(host);
  return channel.exceptionOf(error, clientOf(callOf(channel.key)));
}
