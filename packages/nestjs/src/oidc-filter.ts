import { OidcError } from '@latchkey/core';
import { type ArgumentsHost, Catch, Logger } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import type { RpcException } from '@nestjs/microservices';
import { from, mergeMap, throwError } from 'rxjs';
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

  /** Over GraphQL and RPC what it returns is the answer; Nest asks it about messages where `@UseFilters()` stands at a gateway. */
  override catch(exception: OidcError | OidcException, host: ArgumentsHost): unknown {
    switch (host.getType<string>()) {
      case 'http':
        // Nest does not wait for a filter, so what fails here is answered here.
        return void this.#answer(exception, host).catch((error: unknown) => super.catch(error, host));
      case 'graphql':
        return exceptionOf(errorOf(exception), host).then((shown) => Promise.reject(shown));
      case 'rpc':
        return from(exceptionOf(errorOf(exception), host)).pipe(mergeMap((shown) => throwError(() => told(shown))));
      case 'ws':
        // Here too, nobody waits.
        return void tellSocket(errorOf(exception), host).catch((fault: unknown) => new Logger('Latchkey').error(fault));
      default:
        throw exception;
    }
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

function errorOf(exception: OidcError | OidcException): OidcError {
  return exception instanceof OidcException ? exception.error : exception;
}

/** What Nest makes of an `RpcException`. */
function told(exception: Error): unknown {
  return (exception as Partial<RpcException>).getError?.() ?? exception;
}

async function tellSocket(error: OidcError, host: ArgumentsHost): Promise<void> {
  const shown = await exceptionOf(error, host);
  const { BaseWsExceptionFilter } = await import('@nestjs/websockets');
  new BaseWsExceptionFilter().catch(shown, host);
}

async function exceptionOf(error: OidcError, host: ArgumentsHost): Promise<Error> {
  const channel = channelOf(host);
  return channel.exceptionOf(error, clientOf(callOf(channel.key)));
}
