import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on localhost. It listens before what it serves is made, since that needs to know its port. */
export class Site {
  readonly #server: Server;
  readonly #port: number;
  #handler: RequestListener = (_req, res) => res.writeHead(503).end();

  private constructor(server: Server) {
    this.#server = server.on('request', (req, res) => this.#handler(req, res));
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Listens on a port, or on the next one that is free; on any for 0. */
  static async listen(port: number): Promise<Site> {
    for (let at = port; ; at++) {
      const server = createServer();
      try {
        await listen(server, at);
        return new Site(server);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || at >= port + 100) throw error;
      }
    }
  }

  get origin(): string {
    return `http://localhost:${this.#port}`;
  }

  serve(handler: RequestListener): void {
    this.#handler = handler;
  }

  /** Stops listening and cuts what is open: a page that looks for news must not hold up the end. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Listens again, on the port that it had. */
  async start(): Promise<void> {
    await listen(this.#server, this.#port);
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, 'localhost'); // by name: on some machines that is ::1, on others 127.0.0.1
  await once(server, 'listening');
}
