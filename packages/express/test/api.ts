import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenOptions } from '@latchkey/core';
import type { Express } from 'express';
import type { TestClock } from '../../core/test/clock.js';
import { makeKey, sign, type TestKey } from '../../core/test/keys.js';
import { TestOp } from '../../core/test/op.js';

/** What the API is called in `aud`. */
export const audience = 'https://api.example';

/** What Express prints of the errors that its own handler answers in production: nothing secret may be in it. */
export const printed: string[] = [];
const { error: print } = console;
beforeAll(() => {
  console.error = (...words: unknown[]) => void printed.push(words.map(String).join(' '));
});
afterAll(() => {
  console.error = print;
});

const running = new Set<Api>();
afterEach(() => Promise.all([...running].map((api) => api.stop())));

/** What a request brings: a token, or headers. */
export type Sent = string | Record<string, string> | undefined;

/** What came back of a request. */
export interface Answer {
  readonly status: number;
  readonly challenge: string | null;
  readonly body: string;
  readonly headers: Headers;
}

/** An API in production, on a port that the system gives; it stops after the test. */
export class Api {
  private constructor(
    readonly server: Server,
    readonly url: string,
  ) {}

  static async start(make: () => Express, build: (app: Express) => void): Promise<Api> {
    const app = make();
    app.set('env', 'production');
    build(app);
    // More than Node's own limit, so that ours is the one that shows.
    const server = createServer({ maxHeaderSize: 65_536 }, app);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const api = new Api(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    running.add(api);
    return api;
  }

  /** Asks with a token, or with headers. */
  async ask(path: string, credentials?: Sent, init: RequestInit = {}): Promise<Answer> {
    const headers = typeof credentials === 'string' ? { authorization: `Bearer ${credentials}` } : (credentials ?? {});
    return answerOf(await fetch(this.url + path, { headers, redirect: 'manual', ...init }));
  }

  async stop(): Promise<void> {
    running.delete(this);
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

/** Reads an answer whole. */
export async function answerOf(response: Pick<Response, 'status' | 'headers' | 'text'>): Promise<Answer> {
  const { status, headers } = response;
  return { status, challenge: headers.get('www-authenticate'), body: await response.text(), headers };
}

/** What Express's own handler says of an error in production: the status, in words. */
export function plainPage(text: string): string {
  return `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n<pre>${text}</pre>\n</body>\n</html>\n`;
}

/** An issuer whose tokens are made as a test wants them. */
export class Mint {
  readonly key: TestKey = makeKey('RSA', { kid: 'mint-1', use: 'sig', alg: 'RS256' });

  private constructor(readonly op: TestOp) {
    op.keys = [this.key.jwk];
  }

  static async start(): Promise<Mint> {
    return new Mint(await TestOp.start());
  }

  get issuer(): string {
    return this.op.issuer;
  }

  /** The options of an API that takes its tokens. */
  options<More extends Partial<TokenOptions> = object>(
    clock: TestClock,
    more?: More,
  ): Pick<TokenOptions, 'issuer' | 'audience' | 'clock'> & More {
    return { issuer: this.issuer, audience, clock, ...(more as More) };
  }

  /** The claims of a good token, good for ten minutes. */
  claims(clock: TestClock, more: Record<string, unknown> = {}): Record<string, unknown> {
    const iat = Math.floor(clock.now() / 1000);
    const who = { iss: this.issuer, aud: audience, sub: 'ada', client_id: 'web', jti: 'j-1' };
    return { ...who, iat, exp: iat + 600, scope: 'orders:read orders:write', ...more };
  }

  /** A signed token with these claims in place of the good ones. */
  token(clock: TestClock, more: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
    return sign(this.key, { alg: 'RS256', typ: 'at+jwt', kid: 'mint-1', ...header }, this.claims(clock, more));
  }

  stop(): Promise<void> {
    return this.op.server.stop();
  }
}
