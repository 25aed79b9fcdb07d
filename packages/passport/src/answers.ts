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

/** Puts the cookies of an answer on the response, whoever writes the rest of it. */
export function carryCookies(answer: Response, res: ServerResponse): void {
  for (const cookie of answer.headers.getSetCookie()) res.appendHeader('Set-Cookie', cookie);
  answer.headers.delete('set-cookie');
}

/** Puts the headers of a redirect on the response; passport writes where it leads. */
export function carryHeaders(answer: Response, res: ServerResponse): void {
  carryCookies(answer, res);
  for (const [name, value] of answer.headers) if (name !== 'location') res.setHeader(name, value);
}
