import type { OidcError } from '@latchkey/core';
import type { IncomingMessage } from 'node:http';
import type { OpenSocket } from './connection.js';
import { closeCodeOf, isRefusal, type Refusal, refusalOf } from './refusal.js';

/** What we use of a socket of socket.io. */
export interface SocketIoSocket {
  readonly request: IncomingMessage;
  readonly handshake: { readonly auth: unknown };
  emit(event: string, data: unknown): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
  disconnect(close: boolean): unknown;
}

/** What we use of a socket of ws. */
export interface WsSocket {
  readonly readyState: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
  once(event: 'close', listener: () => void): unknown;
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  off(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  emit(event: 'message', data: unknown, isBinary: boolean): unknown;
  removeAllListeners(event: 'message'): unknown;
  on(event: 'exception', listener: (told: unknown) => void): unknown;
}

/** Milliseconds that a client of ws gets to answer that it closes too. */
const closing = 1000;
const open = 1;

export function isSocketIo(client: unknown): client is SocketIoSocket {
  return isObject(client) && isObject(client.handshake) && isObject(client.request) && isFunction(client.disconnect);
}

export function isWs(client: unknown): client is WsSocket {
  return isObject(client) && typeof client.readyState === 'number' && isFunction(client.terminate);
}

/** Of all namespaces at once: it is one connection, and one browser. */
export function ofSocketIo(socket: SocketIoSocket): OpenSocket {
  return {
    close(error) {
      socket.emit('exception', refusalOf(error));
      socket.disconnect(true);
    },
    onClose: (listener) => void socket.once('disconnect', listener),
  };
}

export function ofWs(socket: WsSocket): OpenSocket {
  return {
    close: (error: OidcError) => closeWs(socket, refusalOf(error)),
    onClose: (listener) => void socket.once('close', listener),
  };
}

/** Tells a client of ws of its refusals where Nest 11 does not: it emits them at the socket's own listeners. */
export function tellExceptions(socket: WsSocket): void {
  socket.on('exception', (told) => {
    if (isRefusal(told) && socket.readyState === open) socket.send(JSON.stringify({ event: 'exception', data: told }));
  });
}

/** Until a client of ws has closed too, what it sends is still read, so nobody must hear it any more. */
export function closeWs(socket: WsSocket, refusal: Refusal): void {
  socket.removeAllListeners('message');
  if (socket.readyState === open) socket.close(closeCodeOf(refusal), refusal.code);
  const timer = setTimeout(() => socket.terminate(), closing).unref();
  socket.once('close', () => clearTimeout(timer));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
