import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Provider } from '../src/discovery/provider.js';
import { Http } from '../src/http.js';
import type { IntrospectorOptions } from '../src/resource/introspect.js';
import type { TestClock } from './clock.js';
import { TestOp } from './op.js';

/** A question that came to the introspection endpoint. */
export interface Question {
  readonly form: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** An OP whose introspection endpoint answers what a test wants; by default that every token is good. */
export class IntrospectionOp {
  readonly asked: Question[] = [];
  /** The members of the answer; a text is the whole body. */
  answer: Record<string, unknown> | string = {};
  status = 200;
  contentType = 'application/json';
  /** Resolves before an answer goes out. */
  until: Promise<unknown> = Promise.resolve();

  private constructor(readonly op: TestOp) {
    op.answers.set('/introspect', (req, res) => void this.#answer(req, res));
  }

  static async start(): Promise<IntrospectionOp> {
    const op = await TestOp.start();
    op.metadata = { introspection_endpoint: `${op.issuer}/introspect` };
    return new IntrospectionOp(op);
  }

  /** What is said of a good token. */
  good(clock: TestClock, more: Record<string, unknown> = {}): Record<string, unknown> {
    const now = Math.floor(clock.now() / 1000);
    const { issuer: iss } = this.op;
    return {
      active: true,
      iss,
      aud: 'https://api.example',
      sub: 'ada',
      client_id: 'web',
      exp: now + 600,
      iat: now,
      ...more,
    };
  }

  /** The options of an API that asks here. */
  options(clock: TestClock, more: Partial<IntrospectorOptions> = {}): IntrospectorOptions {
    const http = new Http({ timeout: 2000 }, clock);
    return {
      provider: new Provider({ issuer: this.op.issuer, http, clock }),
      client: {
        ref: { clientId: 'orders api' },
        settings: { clientAuthMethod: 'client_secret_basic', clientSecret: 'a secret: of+ours' },
      },
      http,
      clock,
      audience: ['https://api.example'],
      ...more,
    };
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(req, 'end');
    this.asked.push({ form: new URLSearchParams(Buffer.concat(chunks).toString()), headers: req.headers });
    await this.until;
    const { answer, status, contentType } = this;
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
    res.writeHead(status, { 'content-type': contentType }).end(body);
  }
}
