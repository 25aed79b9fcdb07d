import { type ApiRequest, type LoginDemand, requireSession, Visit } from '@latchkey/core';
import type { OidcClient, OidcError, Session } from '@latchkey/core';
import type { ArgumentsHost } from '@nestjs/common';
import { logError } from '../logging.js';
import { refusalOf } from '../sockets/refusal.js';
import type { Channel } from './channel.js';
import { placeOf } from './place.js';
import { valuesOf } from './rpc-metadata.js';

/**
 * A message of another service, by whichever transport. What stands in headers over HTTP stands in its metadata: in the
 * headers of NATS, Kafka, RabbitMQ and MQTT 5, in gRPC's metadata, in the packet's over TCP and Redis, or in its payload.
 */
export class RpcChannel implements Channel {
  readonly key: object;
  readonly apiRequest: ApiRequest;
  readonly #place: string;

  constructor(host: ArgumentsHost) {
    const rpc = host.switchToRpc();
    const [data, context]: unknown[] = [rpc.getData(), rpc.getContext()];
    this.key = typeof context === 'object' && context !== null ? context : {};
    this.apiRequest = {
      // No browser sends it, so nothing of a page has to be looked for.
      method: 'GET',
      target: '/',
      header: (name) => valuesOf(name, context, data)[0],
      headerCount: (name) => valuesOf(name, context, data).length,
    };
    this.#place = placeOf('RPC', host);
  }

  /** By the cookies that the other service had with it, from a browser. */
  session(client: OidcClient, demand?: LoginDemand): Promise<Session> {
    const { method, target, header } = this.apiRequest;
    return requireSession(new Visit(client, method, target, header), demand);
  }

  hold(): Promise<void> {
    return Promise.resolve();
  }

  /** Loaded here, since only who has microservices has its package. */
  async exceptionOf(error: OidcError): Promise<Error> {
    logError(error, this.#place);
    const { RpcException } = await import('@nestjs/microservices');
    return Object.assign(new RpcException(refusalOf(error)), { cause: error });
  }
}
