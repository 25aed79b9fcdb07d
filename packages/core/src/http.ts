import { isNativeError } from 'node:util/types';
import type { Dispatcher } from 'undici';
import { ConfigurationError, OidcError, ResponseError, UnavailableError, show } from './errors.js';

/** How requests go out; one set for each client. */
export interface HttpOptions {
  /** Milliseconds for a whole exchange, the body of the answer included; 5000 by default. */
  timeout?: number;
  /** Bytes that the body of an answer may have where a request says nothing; 65536 by default. */
  maxBytes?: number;
  /** undici's dispatcher, for client certificates or a proxy of one's own; proxies of the environment by default. */
  dispatcher?: Dispatcher;
  /** What sends instead of undici; it must leave redirects to us and heed the signal. */
  fetch?: Fetch;
}

/** The part of the web's `fetch` that is used here. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; redirect: 'manual'; signal: AbortSignal },
) => Promise<{ status: number; headers: Headers; body: AsyncIterable<Uint8Array> | null }>;

/** What an answer with a 2xx status must be; `any` takes everything. */
export type Accept = 'json' | 'jwt' | 'json-or-jwt' | 'any';

/** One request; header names are in lower case. */
export interface HttpRequest {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  /** A form, encoded. */
  body?: string;
  maxBytes?: number;
  accept: Accept;
}

/** One answer, of status 2xx or 4xx (429 excepted). */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The media type alone, in lower case, empty where there is none. */
  contentType: string;
}

const acceptHeader: Record<Accept, string> = {
  json: 'application/json',
  jwt: 'application/jwt',
  'json-or-jwt': 'application/json, application/jwt',
  any: '*/*',
};
const mediaTypes: Record<Accept, RegExp> = {
  json: /^application\/([^/]+\+)?json$/,
  jwt: /^application\/([^/]+\+)?jwt$/,
  'json-or-jwt': /^application\/([^/]+\+)?(json|jwt)$/,
  any: /^/,
};
// Undici's UND_ERR_SOCKET: the other side closed a kept connection just as it was taken again.
const resets = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The one way out to the network: every request of this package is bounded in time and size, and follows no redirect. */
export class Http {
  readonly #options: HttpOptions;
  readonly #timeout: number;
  #fetch: Promise<Fetch> | undefined;
  #ownDispatcher: Dispatcher | undefined;

  constructor(options: HttpOptions = {}) {
    this.#options = options;
    this.#timeout = options.timeout ?? 5000;
  }

  /**
   * Sends a request and returns the answer, a 4xx too. A GET is sent again, once, when the connection was reset.
   *
   * @throws {UnavailableError} `op_unreachable`: no answer, not in time, status 5xx or 429.
   * @throws {ResponseError} `message_too_large`, `unexpected_content_type` (2xx only), `unexpected_status` (a redirect).
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const where = placeOf(request.url, request.method);
    return this.#inTime(where, (signal) => this.#exchange(request, where, signal));
  }

  /**
   * Asks whether anything answers at a URL; what it answers does not matter.
   *
   * @throws {UnavailableError} `op_unreachable`
   */
  async reach(url: string): Promise<void> {
    await this.#inTime(placeOf(url, 'HEAD'), async (signal) => {
      const fetch = await (this.#fetch ??= this.#load());
      const headers = { 'user-agent': 'latchkey' };
      await orAgain(() => fetch(url, { method: 'HEAD', headers, redirect: 'manual', signal }));
    });
  }

  async #inTime<T>(where: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    // Not AbortSignal.timeout: its timer would not keep the process alive, and is not stopped by the answer.
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), this.#timeout);
    try {
      return await run(timeout.signal);
    } catch (error) {
      if (error instanceof OidcError) throw error;
      const cause = innermost(error);
      const reason = timeout.signal.aborted
        ? `no whole answer within ${this.#timeout} ms`
        : (cause.code ?? cause.message);
      throw new UnavailableError('op_unreachable', `${where} failed: ${reason}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the connections that are kept open; a dispatcher that was given stays its owner's. */
  async close(): Promise<void> {
    await this.#fetch;
    await this.#ownDispatcher?.close();
  }

  async #exchange(request: HttpRequest, where: string, signal: AbortSignal): Promise<HttpAnswer> {
    const fetch = await (this.#fetch ??= this.#load());
    const { url, method = 'GET', body } = request;
    const headers: Record<string, string> = { accept: acceptHeader[request.accept], 'user-agent': 'latchkey' };
    if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    Object.assign(headers, request.headers);
    const attempt = async (): Promise<HttpAnswer> => {
      const init = { method, headers, redirect: 'manual' as const, signal };
      const response = await fetch(url, body === undefined ? init : { ...init, body });
      const maxBytes = request.maxBytes ?? this.#options.maxBytes ?? 65_536;
      return read(response, { where, maxBytes, accept: request.accept });
    };
    return method === 'GET' ? orAgain(attempt) : attempt();
  }

  // Loaded at the first request: a program that only serves pages does not pay for it.
  async #load(): Promise<Fetch> {
    if (this.#options.fetch) return this.#options.fetch;
    const { EnvHttpProxyAgent, fetch } = await import('undici');
    const tls = { minVersion: 'TLSv1.2' as const };
    const { dispatcher = new EnvHttpProxyAgent({ connect: tls, requestTls: tls, proxyTls: tls }) } = this.#options;
    if (dispatcher !== this.#options.dispatcher) this.#ownDispatcher = dispatcher;
    return (url, init) => fetch(url, { ...init, dispatcher });
  }
}

type FetchResponse = Awaited<ReturnType<Fetch>>;

async function read(
  response: FetchResponse,
  { where, maxBytes, accept }: { where: string; maxBytes: number; accept: Accept },
): Promise<HttpAnswer> {
  const { status, headers } = response;
  if (status >= 500 || status === 429) {
    await discard(response);
    throw new UnavailableError('op_unreachable', `${where} failed: status ${status}`);
  }
  if (status >= 300 && status < 400) {
    await discard(response);
    throw new ResponseError('unexpected_status', `${where}: expected an answer, came a redirect (status ${status})`);
  }
  const contentType = (headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (status < 300 && !mediaTypes[accept].test(contentType)) {
    await discard(response);
    const came = show(contentType || undefined);
    throw new ResponseError('unexpected_content_type', `${where}: expected ${acceptHeader[accept]}, came ${came}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length; // counted as it comes: content-length may lie, and compression hides the size
    if (size > maxBytes) {
      throw new ResponseError('message_too_large', `${where}: expected at most ${maxBytes} bytes, came more`);
    }
    chunks.push(chunk);
  }
  return { status, headers, contentType, text: new TextDecoder().decode(Buffer.concat(chunks)) };
}

/** Ends a body unread: its connection would wait for it otherwise. */
async function discard({ body }: FetchResponse): Promise<void> {
  await body?.[Symbol.asyncIterator]().return?.();
}

/** Method, origin and path: what a message may show of a URL, whose query can hold secrets. */
/** A connection that was kept open may be gone by the time it is used again; what only reads is then sent once more. */
async function orAgain<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!resets.has(innermost(error).code ?? '')) throw error;
    return attempt();
  }
}

function placeOf(url: string, method = 'GET'): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password) {
    throw new ConfigurationError('invalid_metadata', 'expected an absolute http(s) URL without a user, came another');
  }
  return `${method} ${parsed.origin}${parsed.pathname}`;
}

/**
 * The error at the bottom. Only what bears a code comes from the system, TLS or undici, and keeps its message;
 * any other could quote a header, so only its name is told.
 */
function innermost(error: unknown): Error & { code?: string } {
  let inner = error;
  for (let next: unknown = error; isNativeError(next); next = below(next)) inner = next;
  const { code, message, name } = Object(inner) as { code?: unknown; message?: string; name?: string };
  return typeof code === 'string' ? Object.assign(new Error(message), { code }) : new Error(name ?? 'unknown');
}

function below(error: Error & { errors?: unknown }): unknown {
  return Array.isArray(error.errors) ? error.errors[0] : error.cause;
}
