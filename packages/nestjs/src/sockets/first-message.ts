import type { WsSocket } from './open-sockets.js';
import { authorizationOf } from './handshake.js';

/** Milliseconds. */
const patience = 10_000;
/** What is kept of a client that does not wait to hear whether it may talk. */
const maxMessages = 32;
const maxLength = 64 * 1024;

type Message = readonly [data: unknown, isBinary: boolean];

/**
 * The first message of a socket of ws, `{ "event": "authorization", "data": "Bearer <token>" }`: what stands in for the
 * header that no page of a browser can set. What comes after it is kept until it is known who sends it.
 */
export class FirstMessage {
  /** What its `data` is; undefined where it is another message, too long, or none came in time. */
  readonly authorization: Promise<string | undefined>;
  readonly #socket: WsSocket;
  readonly #kept: Message[] = [];
  #length = 0;
  #settle: (authorization: string | undefined) => void = () => undefined;
  #isFirst = true;

  constructor(socket: WsSocket) {
    this.#socket = socket;
    this.authorization = new Promise((resolve) => (this.#settle = resolve));
    const timer = setTimeout(() => this.#settle(undefined), patience).unref();
    void this.authorization.then(() => clearTimeout(timer));
    socket.once('close', () => this.#settle(undefined));
    socket.on('message', this.#hear);
  }

  /** Lets the handlers that are there by now hear what was kept. */
  replay(): void {
    this.#socket.off('message', this.#hear);
    for (const message of this.#kept.splice(0)) this.#socket.emit('message', ...message);
  }

  /** Whether more was sent than is kept for anybody. */
  get isOverrun(): boolean {
    return this.#kept.length > maxMessages || this.#length > maxLength;
  }

  readonly #hear = (data: unknown, isBinary: boolean): void => {
    const text = String(data);
    this.#length += text.length;
    if (this.#isFirst) this.#settle(this.#length > maxLength ? undefined : read(text));
    else if (!this.isOverrun) this.#kept.push([data, isBinary]);
    this.#isFirst = false;
  };
}

function read(text: string): string | undefined {
  try {
    const message = JSON.parse(text) as unknown;
    return authorizationOf(message, 'event') === 'authorization' ? authorizationOf(message, 'data') : undefined;
  } catch {
    return undefined;
  }
}
