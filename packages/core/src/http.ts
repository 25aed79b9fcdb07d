import { isNativeError } from 'node:util/types';
import type { Dispatcher } from 'undici';
import { systemClock, type Clock } from './clock.js';
import { ConfigurationError, OidcError, ResponseError, UnavailableError, show } from './errors.js';
import type { AnswerHeaders, Exchange, RawAnswer } from './exchange.js';

/** How requests go out; one set for each client. */
export interface HttpOptions {
  /** Milliseconds for a whole exchange, the body of the answer included; 5000 by default. */
  timeout?: number;
  /** Bytes that the body of an answer may have where a request says nothing; 65536 by default. */
  maxBytes?: number;
  /** A dispatcher of undici 7, for client certificates or a proxy of one's own; proxies of the environment by default. */
  dispatcher?: Dispatcher;
}

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
  headers: Pick<Headers, 'get'>;
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
const utf8 = new TextDecoder();

/** What sends, once it is loaded. */
type Sender = typeof import('./exchange.js') & { readonly dispatcher: Dispatcher };

/** The one way out to the network: every request of this package is bounded in time and size, and follows no redirect. */
export class Http {
  /** As they were given. */
  readonly options: HttpOptions;
  readonly #timeout: number;
  readonly #clock: Clock;
  readonly #answered = new Map<string, number>();
  readonly #connected = new Set<string>();
  #sender: Promise<Sender> | undefined;

  constructor(options: HttpOptions = {}, clock: Clock = systemClock) {
    this.options = options;
    this.#timeout = options.timeout ?? 5000;
    this.#clock = clock;
  }

  /**
   * Sends a request and returns the answer, a 4xx too. A GET is sent again, once, when the connection was reset.
   *
   * @throws {UnavailableError} `op_unreachable`: no answer, not in time, status 5xx or 429.
   * @throws {ResponseError} `message_too_large`, `unexpected_content_type` (2xx only), `unexpected_status` (a redirect).
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { url, method = 'GET', accept, body } = request;
    const place = placeOf(url, method);
    const headers: Record<string, string> = { accept: acceptHeader[accept], 'user-agent': 'latchkey' };
    if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    Object.assign(headers, request.headers);
    const answer = await this.#exchange(place, {
      request: { ...place.target, method, headers, body: body ?? null },
      maxBytes: request.maxBytes ?? this.options.maxBytes ?? 65_536,
      judge: (status, came) => requireUseful(status, contentTypeOf(came), { where: place.shown, accept }),
    });
    return {
      status: answer.status,
      headers: { get: (name) => valueOf(answer.headers, name) },
      contentType: contentTypeOf(answer.headers),
      text: utf8.decode(answer.body),
    };
  }

  /**
   * Asks whether anything answers at a URL; what it answers does not matter.
   *
   * @throws {UnavailableError} `op_unreachable`
   */
  async reach(url: string): Promise<void> {
    const place = placeOf(url, 'HEAD');
    const request = { ...place.target, method: 'HEAD' as const, headers: { 'user-agent': 'latchkey' } };
    await this.#exchange(place, { request, maxBytes: Infinity, judge: () => undefined });
  }

  /**
   * Whether something at the origin of a URL answered within the last so many milliseconds, has not failed to since, and
   * still holds its connection to us: one that ends takes its connections along.
   */
  answeredWithin(url: string, milliseconds: number): boolean {
    const { origin } = new URL(url);
    const at = this.#connected.has(origin) ? this.#answered.get(origin) : undefined;
    return at !== undefined && Math.abs(this.#clock.now() - at) < milliseconds;
  }

  /** Closes the connections that are kept open; a dispatcher that was given stays its owner's. */
  async close(): Promise<void> {
    const sender = await this.#sender;
    if (sender && sender.dispatcher !== this.options.dispatcher) await sender.dispatcher.close();
  }

  async #exchange(place: Place, { judge, ...bounds }: Omit<Exchange, 'timeout'>): Promise<RawAnswer> {
    const { exchange, dispatcher, TimeoutError, TooLargeError } = await (this.#sender ??= this.#load());
    const { shown, target } = place;
    const end = performance.now() + this.#timeout;
    const attempt = (): Promise<RawAnswer> =>
      exchange(dispatcher, {
        ...bounds,
        timeout: end - performance.now(),
        judge: (status, headers) => {
          this.#answered.set(target.origin, this.#clock.now());
          judge(status, headers);
        },
      });
    try {
      return await (bounds.request.method === 'POST' ? attempt() : orAgain(attempt));
    } catch (error) {
      if (error instanceof OidcError) throw error;
      if (error instanceof TooLargeError)
        throw new ResponseError('message_too_large', `${shown}: expected at most ${bounds.maxBytes} bytes, came more`);
      this.#answered.delete(target.origin);
      const cause = innermost(error);
      const isLate = error instanceof TimeoutError;
      const reason = isLate ? `no whole answer within ${this.#timeout} ms` : (cause.code ?? cause.message);
      throw new UnavailableError('op_unreachable', `${shown} failed: ${reason}`, { cause });
    }
  }

  // Loaded at the first request: a program that only serves pages does not pay for it.
  async #load(): Promise<Sender> {
    const loaded = await import('./exchange.js');
    return { ...loaded, dispatcher: this.options.dispatcher ?? loaded.defaultDispatcher(this.#connected) };
  }
}

/** Refuses an answer by its head, before its body is read. */
function requireUseful(
  status: number,
  contentType: string,
  { where, accept }: { readonly where: string; readonly accept: Accept },
): void {
  if (status >= 500 || status === 429)
    throw new UnavailableError('op_unreachable', `${where} failed: status ${status}`);
  if (status >= 300 && status < 400)
    throw new ResponseError('unexpected_status', `${where}: expected an answer, came a redirect (status ${status})`);
  if (status < 300 && !mediaTypes[accept].test(contentType)) {
    const came = show(contentType || undefined);
    throw new ResponseError('unexpected_content_type', `${where}: expected ${acceptHeader[accept]}, came ${came}`);
  }
}

function valueOf(headers: AnswerHeaders, name: string): string | null {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}

function contentTypeOf(headers: AnswerHeaders): string {
  return (valueOf(headers, 'content-type') ?? '').split(';')[0]!.trim().toLowerCase();
}

/** A connection that was kept open may be gone by the time it is used again; what only reads is then sent once more. */
async function orAgain<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!resets.has(innermost(error).code ?? '')) throw error;
    return attempt();
  }
}

/** Where a request goes. */
interface Place {
  /** Method, origin and path: what a message may show of a URL, whose query can hold secrets. */
  readonly shown: string;
  readonly target: { readonly origin: string; readonly path: string };
}

function placeOf(url: string, method: string): Place {
  const parsed = parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password) {
    throw new ConfigurationError('invalid_metadata', 'expected an absolute http(s) URL without a user, came another');
  }
  const { origin, pathname, search } = parsed;
  return { shown: `${method} ${origin}${pathname}`, target: { origin, path: pathname + search } };
}

/** At once: to ask first whether it can be parsed is to parse it twice. */
function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
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
