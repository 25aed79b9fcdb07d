import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';

/** Where the environment names proxies; it does so before a program starts, or not at all. */
const proxies = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

/** One request, as undici takes it, and what its answer is bounded by. */
export interface Exchange {
  readonly request: Dispatcher.DispatchOptions;
  /** Milliseconds for all of it. */
  readonly timeout: number;
  /** Bytes that the body may have, decompressed. */
  readonly maxBytes: number;
  /** Looks at the head before the body is read; what it throws ends the exchange. */
  readonly judge: (status: number, headers: AnswerHeaders) => void;
}

/** The headers of an answer by their lower-case names; one that came several times is a list. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A whole answer. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Buffer;
}

/** There was no whole answer in time. */
export class TimeoutError extends Error {}
/** The body of an answer is longer than it may be. */
export class TooLargeError extends Error {}

/**
 * What sends where no dispatcher is configured: it honours the proxies of the environment, and speaks TLS from 1.2.
 * @param connected kept to the origins that a connection is open to; what goes by a proxy is never among them
 */
export function defaultDispatcher(connected: Set<string>): Dispatcher {
  const tls = { minVersion: 'TLSv1.2' as const };
  const factory = (origin: string | URL, options: object): Dispatcher =>
    new Pool(origin, options)
      .on('connect', (to) => connected.add(to.origin))
      .on('disconnect', (to) => connected.delete(to.origin));
  if (!proxies.some((name) => process.env[name])) return new Agent({ connect: tls, factory });
  return new EnvHttpProxyAgent({ connect: tls, requestTls: tls, proxyTls: tls, factory });
}

/**
 * Sends one request and collects the answer, by undici's dispatcher itself: `fetch` on top of it, with its streams and
 * its signals, costs several times as much. Rejects with what `judge` threw, with one of the errors above, or with undici's.
 */
export function exchange(dispatcher: Dispatcher, { request, timeout, maxBytes, judge }: Exchange): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let failure: Error | undefined;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      failure ??= error;
      controller?.abort(failure);
      reject(failure);
    };
    // Ours, since those of undici's bound the parts of an exchange and not the whole.
    const timer = setTimeout(() => fail(new TimeoutError()), timeout);
    const answer = { status: 0, headers: {} as AnswerHeaders };
    const chunks: Buffer[] = [];
    let size = 0;
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(current) {
        controller = current;
        if (failure) current.abort(failure); // while it waited for a connection
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200) return; // 103 and the like announce the answer
        Object.assign(answer, { status, headers });
        attempt(() => judge(status, headers), fail);
      },
      onResponseData(_controller, chunk) {
        size += chunk.length; // counted as it comes: content-length may lie
        if (size > maxBytes) fail(new TooLargeError());
        else chunks.push(chunk);
      },
      onResponseEnd() {
        clearTimeout(timer);
        attempt(() => resolve({ ...answer, body: unpacked(Buffer.concat(chunks), answer.headers, maxBytes) }), fail);
      },
      onResponseError: (_controller, error) => fail(error),
    };
    attempt(() => dispatcher.dispatch(request, handler), fail);
  });
}

function attempt(work: () => unknown, fail: (error: Error) => void): void {
  try {
    work();
  } catch (error) {
    fail(error as Error);
  }
}

const decoders: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** Nobody is asked to compress answers this short, but some do; what nobody here can read is left as it came. */
function unpacked(body: Buffer, headers: AnswerHeaders, maxBytes: number): Buffer {
  const encoding = String(headers['content-encoding'] ?? '').toLowerCase();
  const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding] : undefined;
  if (!decode || body.length === 0) return body;
  try {
    return decode(body, { maxOutputLength: maxBytes });
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? new TooLargeError() : error;
  }
}
