import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A request as an endpoint of the OP sees it. */
export interface OpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  /** The body, where it is a form; otherwise empty. */
  readonly form: URLSearchParams;
}

/** What an endpoint of the OP answers. */
export interface OpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export async function readRequest(req: IncomingMessage): Promise<OpRequest> {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://op');
  let body = '';
  for await (const chunk of req.setEncoding('utf8')) body += chunk;
  const isForm = req.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const form = new URLSearchParams(isForm ? body : '');
  return { method: req.method ?? '', path: pathname, headers: req.headers, query: searchParams, form };
}

export function writeAnswer({ status, headers, body }: OpAnswer, res: ServerResponse): void {
  res.writeHead(status, headers).end(body);
}

export function json(body: unknown): OpAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

export function jwt(body: string): OpAnswer {
  return { status: 200, headers: { 'content-type': 'application/jwt' }, body };
}

export function html(body: string): OpAnswer {
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

/** Sends the browser to a URL with these parameters added to its query. */
export function redirect(to: string, parameters: Readonly<Record<string, string | undefined>>): OpAnswer {
  const url = new URL(to);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.append(name, value);
  return { status: 302, headers: { location: url.href }, body: '' };
}

export function failure(status: number, text: string): OpAnswer {
  return { status, headers: { 'content-type': 'text/plain' }, body: text };
}
