import type { OidcRegistry } from '../registry.js';
import { openSocketIo } from './connections.js';
import type { SocketIoSocket } from './open-sockets.js';
import { handshakeRefusal } from './refusal.js';
import { SocketServer } from './socket-server.js';

type Next = (refusal?: Error) => void;

/** What we use of a server of socket.io, and of its namespaces. */
export interface SocketIoServer {
  use(middleware: (socket: SocketIoSocket, next: Next) => void): unknown;
  on(event: 'connection', listener: (socket: SocketIoSocket) => void): unknown;
  readonly opts?: ServerOptions;
  readonly server?: { readonly opts?: ServerOptions };
}
interface ServerOptions {
  readonly connectionStateRecovery?: { skipMiddlewares?: boolean };
}

export function isSocketIoServer(server: object): server is SocketIoServer {
  return 'use' in server && typeof server.use === 'function' && 'in' in server;
}

/** A namespace of socket.io. Who is refused hears `connect_error`, with the reason as its `data`. */
export class IoServer extends SocketServer {
  readonly #server: SocketIoServer;
  readonly #admitted = new WeakSet<object>();

  constructor(server: SocketIoServer, registry: OidcRegistry) {
    super(registry);
    this.#server = server;
    server.use((socket, next) => void this.#ask(socket, next));
    server.on('connection', (socket) => this.#onSocket(socket));
  }

  /** Who comes back after a moment without a connection is asked again, too. */
  override guard(): void {
    const { connectionStateRecovery: recovery } = this.#server.opts ?? this.#server.server?.opts ?? {};
    if (recovery) recovery.skipMiddlewares = false;
  }

  async #ask(socket: SocketIoSocket, next: Next): Promise<void> {
    try {
      await this.admit(socket);
      this.#admitted.add(socket);
    } catch (error) {
      const refusal = handshakeRefusal(error);
      return next(Object.assign(new Error(refusal.message), { data: refusal }));
    }
    next();
  }

  #onSocket(socket: SocketIoSocket): void {
    if (!this.#admitted.has(socket)) return void socket.disconnect(true);
    this.letIn(socket);
    void openSocketIo(socket);
  }
}
