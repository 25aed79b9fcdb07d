import { type ApiRequest, DeniedError, type LoginDemand, requireHandshake } from '@latchkey/core';
import type { OidcClient, OidcError, Session } from '@latchkey/core';
import type { ArgumentsHost } from '@nestjs/common';
import type { Pass } from '../calls.js';
import { logError } from '../logging.js';
import type { Connection } from '../sockets/connection.js';
import { connectionOf } from '../sockets/connections.js';
import { refusalOf } from '../sockets/refusal.js';
import type { Channel } from './channel.js';
import { placeOf } from './place.js';

/** A message to a gateway, of socket.io or of ws, or the handshake that its socket begins with. */
export class WsChannel implements Channel {
  readonly key: object;
  readonly #connection: Connection;
  readonly #place: string;

  /** @throws DeniedError `unknown_context` for a socket whose handshake nobody has seen */
  constructor(host: ArgumentsHost) {
    const client: object = host.switchToWs().getClient();
    const connection = connectionOf(client);
    if (!connection)
      throw new DeniedError('unknown_context', 'Expected a socket of socket.io or ws, of a gateway, came another.');
    this.key = client;
    this.#connection = connection;
    this.#place = placeOf('WebSocket', host);
  }

  session(client: OidcClient, demand?: LoginDemand): Promise<Session> {
    return requireHandshake(this.#connection.handshake.visit(client), demand);
  }

  get apiRequest(): ApiRequest {
    return this.#connection.handshake;
  }

  hold(pass: Pass): Promise<void> {
    return this.#connection.hold(pass);
  }

  /** Loaded here, since only who has gateways has its package. */
  async exceptionOf(error: OidcError): Promise<Error> {
    logError(error, this.#place);
    const { WsException } = await import('@nestjs/websockets');
    return Object.assign(new WsException(refusalOf(error)), { cause: error });
  }
}
