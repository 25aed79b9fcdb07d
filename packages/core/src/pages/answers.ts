import { policyOf, renderPage, type Page } from './page.js';

/** What every answer of ours carries: nothing of it belongs in a cache. */
export interface AnswerOptions {
  /** The HTTP status; default 200, and for an error its own. */
  readonly status?: number;
  /** Headers beside those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `Set-Cookie` lines. */
  readonly cookies?: readonly string[];
}

/** A page of ours. */
export function pageAnswer(page: Page, options: AnswerOptions = {}): Response {
  return htmlAnswer(renderPage(page), {
    ...options,
    headers: { 'Content-Security-Policy': policyOf(page), ...options.headers },
  });
}

/** A page of the program's own, under the policy that the program sets. */
export function htmlAnswer(html: string, options: AnswerOptions = {}): Response {
  return answer(html, { ...options, headers: { 'Content-Type': 'text/html; charset=utf-8', ...options.headers } });
}

/** A JSON answer, for requests that are no navigation. */
export function jsonAnswer(body: Readonly<Record<string, unknown>>, options: AnswerOptions = {}): Response {
  return answer(JSON.stringify(body), {
    ...options,
    headers: { 'Content-Type': 'application/json', ...options.headers },
  });
}

/** A redirect: 303, so that a POST never goes on as one. [RFC 9700 section 4.12](https://www.rfc-editor.org/rfc/rfc9700#section-4.12) */
export function redirectAnswer(location: string, options: AnswerOptions = {}): Response {
  return answer(null, { status: 303, ...options, headers: { Location: location, ...options.headers } });
}

function answer(body: string | null, { status = 200, headers = {}, cookies = [] }: AnswerOptions): Response {
  const response = new Response(body, {
    status,
    headers: {
      'Cache-Control': 'private, no-store',
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    },
  });
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
  return response;
}

/** A line of text in a page that these origins may frame. */
export function frameAnswer(text: string, ancestors: readonly string[], options: AnswerOptions = {}): Response {
  const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors ${ancestors.join(' ')}`;
  const headers = { 'Content-Security-Policy': policy, 'Cache-Control': 'no-store', ...options.headers };
  return htmlAnswer(`<!doctype html><html lang="en"><meta charset="utf-8"><title>${text}</title>${text}</html>`, {
    ...options,
    headers,
  });
}
