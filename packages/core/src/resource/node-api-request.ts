import type { ServerResponse } from 'node:http';
import { headerOf, type NodeRequest, targetOf } from '../node-http.js';
import type { ApiRequest } from './bearer.js';

/** Node's request, with whatever Express or Fastify made of it, as the guards of an API see it. */
export class NodeApiRequest implements ApiRequest {
  readonly #req: NodeRequest;
  readonly #res: Pick<ServerResponse, 'headersSent' | 'setHeader'> | undefined;

  /** @param res where a nonce for the next DPoP proof is said */
  constructor(req: NodeRequest, res?: Pick<ServerResponse, 'headersSent' | 'setHeader'>) {
    this.#req = req;
    this.#res = res;
  }

  /** In capitals, as it came. */
  get method(): string {
    return this.#req.method ?? 'GET';
  }

  /** Path and query, as the client asked for them. */
  get target(): string {
    return targetOf(this.#req);
  }

  /** What a body parser left. */
  get body(): unknown {
    return this.#req.body;
  }

  /** The connection, for the certificate of the client. */
  get socket(): ApiRequest['socket'] {
    return this.#req.socket;
  }

  /** Reads a header by its lower-case name. */
  readonly header = (name: string): string | undefined => headerOf(this.#req, name);

  /** How often a header came; Node drops or joins the others. Counted as they came, which HTTP/2 has too, and costs least. */
  readonly headerCount = (name: string): number => {
    const { rawHeaders } = this.#req;
    let count = 0;
    for (let n = 0; n < rawHeaders.length; n += 2) {
      const each = rawHeaders[n]!;
      if (each.length === name.length && each.toLowerCase() === name) count++;
    }
    return count;
  };

  /** Says a header of the answer, unless that is under way. */
  readonly setHeader = (name: string, value: string): void => {
    if (this.#res && !this.#res.headersSent) this.#res.setHeader(name, value);
  };
}
