import type { Visit } from '@latchkey/core';
import type { ServerResponse } from 'node:http';

/**
 * Marks a response that depends on the session: no shared cache may keep it, so it is also the one to carry the
 * cookies that reading the session brought about.
 */
export function dependOnSession(visit: Visit, res: ServerResponse): void {
  if (res.headersSent) return;
  res.setHeader('Cache-Control', 'private, no-store');
  for (const cookie of visit.takeCookies()) res.appendHeader('Set-Cookie', cookie);
}

/** Marks it when it has such cookies to carry: a session that only the middleware looks at has to live on too. */
export function carrySession(visit: Visit, res: ServerResponse): void {
  const cookies = visit.takeCookies();
  if (cookies.length === 0) return;
  res.setHeader('Cache-Control', 'private, no-store');
  for (const cookie of cookies) res.appendHeader('Set-Cookie', cookie);
}

/** What belongs to the body of an answer. */
const ofBody = new Set(['content-type', 'content-security-policy', 'location']);

/**
 * Puts on the response what an answer of core's says of caches, referrers and cookies, whoever writes the rest; the
 * cookies are then no part of the answer any more.
 */
export function carryHeaders(answer: Response, res: ServerResponse): void {
  for (const cookie of answer.headers.getSetCookie()) res.appendHeader('Set-Cookie', cookie);
  answer.headers.delete('set-cookie');
  for (const [name, value] of answer.headers) if (!ofBody.has(name)) res.setHeader(name, value);
}
