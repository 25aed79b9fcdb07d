import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { makeCertificate, type TestCertificate } from './certificates.js';

const localhost = makeCertificate('localhost');

/** A server over TLS that asks its clients for certificates and takes any, as certificate-bound tokens want it. */
export class TlsServer {
  readonly url: string;
  readonly #server: Server;
  readonly #agents: Agent[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.url = `https://localhost:${(server.address() as AddressInfo).port}`;
  }

  static async start(handler: RequestListener): Promise<TlsServer> {
    const { cert, key } = localhost;
    const server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, handler);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TlsServer(server);
  }

  /** A client's way here, with a certificate of its own or without. */
  by(certificate?: TestCertificate): Agent {
    const agent = new Agent({ connect: { ca: localhost.cert, cert: certificate?.cert, key: certificate?.key } });
    this.#agents.push(agent);
    return agent;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.close()));
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
