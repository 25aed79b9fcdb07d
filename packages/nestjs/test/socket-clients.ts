import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

/** How a client opens a socket. */
export interface Opening {
  readonly headers?: Record<string, string>;
  /** Of socket.io: what the client sends as `auth`. */
  readonly auth?: Record<string, unknown>;
  /** Where the gateway is: a path of ws, a namespace of socket.io. */
  readonly at?: string;
  readonly query?: Record<string, string>;
  /** Of socket.io. */
  readonly transport?: 'websocket' | 'polling';
}

/** What a handshake was refused with. */
export interface RefusedHandshake {
  readonly code: string;
  readonly statusCode: number;
  readonly headers?: IncomingMessage['headers'];
}

/** A client of a gateway. */
export interface TestSocket {
  /** Sends a message; the answer to it, or the exception. */
  ask(event: string, data?: unknown): Promise<unknown>;
  /** Sends one, and waits for nothing. */
  send(event: string, data?: unknown): void;
  /** Sends a text as it is; of ws. */
  sendText(text: string): void;
  /** Resolves when all that was sent has been read; of ws. */
  ping(): Promise<void>;
  /** What comes next. */
  next(): Promise<unknown>;
  /** Resolves when it is closed, to what the client is told of why. */
  readonly closed: Promise<string>;
  close(): void;
}

/** What a test needs of either platform. */
export interface SocketPlatform {
  readonly name: string;
  use(app: INestApplication): void;
  /** Opens a socket at a URL of a program; rejects with what it is refused with. */
  open(url: string, opening?: Opening): Promise<TestSocket>;
}

const opened = new Set<TestSocket>();
afterEach(() => {
  for (const socket of opened) socket.close();
  opened.clear();
});

export const socketIo: SocketPlatform = {
  name: 'socket.io',
  use: (app) => void app.useWebSocketAdapter(new IoAdapter(app)),
  open: openSocketIo,
};
export const ws: SocketPlatform = {
  name: 'ws',
  use: (app) => void app.useWebSocketAdapter(new WsAdapter(app)),
  open: openWs,
};

/** The messages of a socket in their order, each for whoever asks first. */
class Inbox {
  readonly #messages: unknown[] = [];
  readonly #asking: ((message: unknown) => void)[] = [];

  put(message: unknown): void {
    const asking = this.#asking.shift();
    if (asking) asking(message);
    else this.#messages.push(message);
  }

  take(): Promise<unknown> {
    if (this.#messages.length > 0) return Promise.resolve(this.#messages.shift());
    return new Promise((resolve) => this.#asking.push(resolve));
  }
}

async function openSocketIo(
  url: string,
  { headers = {}, auth = {}, at = '', query = {}, transport = 'websocket' }: Opening = {},
): Promise<TestSocket> {
  const socket = io(url + at, {
    transports: [transport],
    extraHeaders: headers,
    auth,
    query,
    forceNew: true,
    reconnection: false,
  });
  const inbox = new Inbox();
  socket.onAny((event: string, data: unknown) => inbox.put({ event, data }));
  const closed = new Promise<string>((resolve) => {
    let why = '';
    socket.on('exception', ({ code }: { code: string }) => (why = code));
    socket.on('disconnect', () => resolve(why));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error: Error & { data?: object }) => {
      socket.disconnect();
      reject(Object.assign(new Error(error.message), error.data));
    });
  });
  return keep({
    send: (event, data) => void socket.emit(event, data),
    sendText: (text) => void socket.send(text),
    ping: () => Promise.resolve(),
    ask: (event, data) => {
      socket.emit(event, data);
      return inbox.take();
    },
    next: () => inbox.take(),
    closed,
    close: () => socket.disconnect(),
  });
}

async function openWs(url: string, { headers = {}, at = '' }: Opening = {}): Promise<TestSocket> {
  const socket = new WebSocket(url.replace('http', 'ws') + at, { headers });
  const inbox = new Inbox();
  socket.on('message', (data: Buffer) => inbox.put(JSON.parse(data.toString())));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').then(([, reason]: unknown[]) => String(reason));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response) => {
      void text(response).then((body) => {
        const { error: code, error_description: message } = JSON.parse(body) as Record<string, string>;
        reject(Object.assign(new Error(message), { code, statusCode: response.statusCode, headers: response.headers }));
      });
    });
  });
  const send = (event: string, data?: unknown): void => socket.send(JSON.stringify({ event, data }));
  return keep({
    send,
    sendText: (text) => socket.send(text),
    ping: async () => {
      socket.ping();
      await once(socket, 'pong');
    },
    ask: (event, data) => {
      send(event, data);
      return inbox.take();
    },
    next: () => inbox.take(),
    closed,
    close: () => socket.terminate(),
  });
}

function keep(socket: TestSocket): TestSocket {
  opened.add(socket);
  return socket;
}
