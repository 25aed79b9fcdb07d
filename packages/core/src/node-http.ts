import type { IncomingMessage, ServerResponse } from 'node:http';
import { maxFormBytes } from './read-form.js';

/** What frameworks add to Node's request. */
export type NodeRequest = IncomingMessage & { body?: unknown; originalUrl?: string };

/** How much of a body that is too long anyway is still read: who is cut off while sending reads no answer. */
const maxDrained = 4 * 1024 * 1024;

/** The path and the query that the browser asked for, whatever the framework has cut off since. */
export function targetOf(req: NodeRequest): string {
  return req.originalUrl ?? req.url ?? '/';
}

/** Reads a header by its lower-case name; one that came several times is joined as Node does it. */
export function headerOf({ headers }: Pick<IncomingMessage, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Reads the headers of a request, and holds nothing else of it: so what is hung on a request does not hold that. */
export function headersOf({ headers }: Pick<IncomingMessage, 'headers'>): (name: string) => string | undefined {
  return (name) => headerOf({ headers }, name);
}

/**
 * Makes a web Request of Node's. Its URL is at the given origin, never at the Host header's. Of a body no more is kept
 * than shows that it is too long for a form; whether a body parser ran before does not matter.
 */
export async function toRequest(req: NodeRequest, origin: string): Promise<Request> {
  const target = targetOf(req);
  const headers = new Headers();
  for (const [name, values] of Object.entries(req.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  // No web Request may be a TRACE; it gets the answer of another method that we do not have.
  const method = req.method === 'TRACE' ? 'OPTIONS' : (req.method ?? 'GET');
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? await readBody(req) : null;
  return new Request(origin + (target.startsWith('/') ? target : '/'), { method, headers, body });
}

/** Writes a web Response to Node's. Cookies that the program has set stay; its framing rules give way to our policy. */
export async function send(response: Response, res: ServerResponse): Promise<void> {
  const body = response.body && Buffer.from(await response.arrayBuffer());
  if (res.headersSent || res.destroyed) return;
  res.statusCode = response.status;
  if (response.headers.has('content-security-policy')) res.removeHeader('x-frame-options');
  for (const [name, value] of response.headers) {
    if (name === 'set-cookie') res.appendHeader(name, value);
    else res.setHeader(name, value);
  }
  res.end(body);
}

async function readBody(req: NodeRequest): Promise<Uint8Array<ArrayBuffer> | string> {
  if (req.readableDidRead || req.readableEnded) return parsedBody(req.body);
  const aborted = (): Error => new Error('The request was aborted.');
  if (req.destroyed) throw aborted();
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    req.on('data', (chunk: Buffer) => {
      if (size <= maxFormBytes) chunks.push(chunk);
      size += chunk.length;
      if (size > maxDrained) req.destroy();
    });
    req.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    req.on('error', reject);
    req.on('close', () => reject(aborted()));
  });
}

/** What a body parser left: bytes, text, or an object of texts and lists of texts, whose repeats stay repeats. */
function parsedBody(body: unknown): Uint8Array<ArrayBuffer> | string {
  if (Buffer.isBuffer(body)) return new Uint8Array(body);
  if (typeof body === 'string') return body;
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body ?? {})) {
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
      if (typeof each === 'string') form.append(name, each);
  }
  return form.toString();
}
