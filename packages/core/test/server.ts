import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** A real HTTP server on loopback, on a port that the system gives; its handler may be changed while it runs. */
export class TestServer {
  /** The paths asked for, in their order, with their queries. */
  readonly paths: string[] = [];
  readonly #server: Server;
  #port = 0;

  private constructor(public handler: Handler) {
    this.#server = createServer((req, res) => {
      this.paths.push(req.url ?? '');
      this.handler(req, res);
    });
  }

  static async start(handler: Handler): Promise<TestServer> {
    const server = new TestServer(handler);
    await server.listen();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Hands over what opens sockets, from now on. */
  takeUpgrades(take: (req: IncomingMessage, socket: Duplex, head: Buffer) => void): void {
    this.#server.on('upgrade', take);
  }

  /** Resolves when the next request is there. */
  async nextRequest(): Promise<void> {
    await once(this.#server, 'request');
  }

  /** Listens, the second time on the port of the first. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts every connection; `listen` brings it back. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

/** Answers with JSON. */
export function json(res: ServerResponse, body: unknown, headers: Record<string, string> = {}): void {
  res.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
