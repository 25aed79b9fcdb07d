import type { OidcClient } from '../client/client.js';

/**
 * The one judge of every target that a request names: a login's page, a page after logout.
 * Returns its path, query and fragment when it lies in this program, else undefined.
 */
export function localTarget(client: OidcClient, target: unknown): string | undefined {
  if (typeof target !== 'string' || target === '' || hasSurprise(target)) return undefined;
  const base = new URL(client.baseUrl);
  if (!URL.canParse(target, base.href)) return undefined;
  const url = new URL(target, base);
  if (url.origin !== base.origin || url.username !== '' || url.password !== '') return undefined;
  const path = url.pathname + url.search + url.hash;
  // What begins with two slashes, plain or encoded, is another host to some reader further on.
  if (/^\/(?:\/|%2f|%5c)/i.test(path)) return undefined;
  // Our own routes would start, end or break a login instead of showing a page.
  return client.routes.match(decoded(url.pathname)) ? undefined : path;
}

/** Letter by letter, as a proxy in front may do it; never throws. */
function decoded(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** Backslashes and control characters: parsers disagree about them. */
function hasSurprise(target: string): boolean {
  return /[\\\p{Cc}]/u.test(target) || /^(?:\/|%2f|%5c){2}/i.test(target);
}
