import type { IncomingMessage } from 'node:http';
import { hasCredentials } from '@latchkey/core';
import type { OidcRegistry } from '../registry.js';
import { beginWs, nameCredentials, openWs } from './connections.js';
import { FirstMessage } from './first-message.js';
import { closeWs, type WsSocket } from './open-sockets.js';
import { errorBehind, handshakeRefusal, type Refusal } from './refusal.js';
import { SocketServer } from './socket-server.js';

interface Info {
  readonly req: IncomingMessage;
}
type Answer = (verified: boolean, status?: number, body?: string, headers?: Readonly<Record<string, string>>) => void;
type VerifyClient = ((info: Info) => boolean) | ((info: Info, answer: Answer) => void);

/** What we use of a server of ws. */
export interface WsWebSocketServer {
  readonly options: { verifyClient?: VerifyClient | null | undefined };
  on(event: 'connection', listener: (socket: WsSocket, request: IncomingMessage) => void): unknown;
}

export function isWsServer(server: object): server is WsWebSocketServer {
  return 'handleUpgrade' in server && 'options' in server && typeof server.options === 'object' && !!server.options;
}

const tooMuch: Refusal = {
  status: 'error',
  code: 'too_many_messages',
  message: 'More came before the token was verified than is kept.',
  statusCode: 403,
};

/**
 * A server of ws. Who is refused gets an answer over HTTP in place of a socket; whose token may come in the first message
 * gets a socket of which nobody hears before it came.
 */
export class WsServer extends SocketServer {
  /** The handshakes that were accepted: for good, or for a message that brings a token. */
  readonly #accepted = new WeakMap<IncomingMessage, 'in' | 'awaited'>();

  constructor(server: WsWebSocketServer, registry: OidcRegistry) {
    super(registry);
    const { verifyClient: own } = server.options;
    server.options.verifyClient = (info: Info, answer: Answer) => {
      this.#ask(info.req).then(
        () => (own ? askOwn(own, info, answer) : answer(true)),
        (error: unknown) => refuse(error, answer),
      );
    };
    server.on('connection', (socket, request) => this.#onSocket(socket, request));
  }

  async #ask(request: IncomingMessage): Promise<void> {
    const { handshake } = beginWs(request);
    try {
      await this.admit(request);
      this.#accepted.set(request, 'in');
    } catch (error) {
      const canComeLater = this.takesTokens && !hasCredentials(handshake);
      if (!canComeLater || errorBehind(error)?.status !== 401) throw error;
      this.#accepted.set(request, 'awaited');
    }
  }

  #onSocket(socket: WsSocket, request: IncomingMessage): void {
    const accepted = this.#accepted.get(request);
    if (!accepted) return socket.terminate();
    void openWs(socket, request);
    this.letIn(socket, accepted === 'in' ? true : this.#askAgain(socket, new FirstMessage(socket)));
  }

  async #askAgain(socket: WsSocket, first: FirstMessage): Promise<boolean> {
    const authorization = await first.authorization;
    try {
      nameCredentials(socket, authorization);
      await this.admit(socket);
    } catch (error) {
      closeWs(socket, handshakeRefusal(error));
      return false;
    }
    if (first.isOverrun) {
      closeWs(socket, tooMuch);
      return false;
    }
    // After everybody who waits for this has bound what hears messages, and before the next one can come.
    queueMicrotask(() => queueMicrotask(() => first.replay()));
    return true;
  }
}

function askOwn(own: VerifyClient, info: Info, answer: Answer): void {
  if (own.length === 2) own(info, answer);
  else answer((own as (info: Info) => boolean)(info));
}

function refuse(thrown: unknown, answer: Answer): void {
  const { code, message, statusCode } = handshakeRefusal(thrown);
  const body = JSON.stringify({ error: code, error_description: message });
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...errorBehind(thrown)?.headers };
  answer(false, statusCode, body, headers);
}
