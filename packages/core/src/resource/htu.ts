/** What may stand in a URI: everything else would be read one way here and another way elsewhere. */
const uri = /^https?:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+$/i;
const unreserved = /^[\w.~-]$/;

/**
 * A URL as `htu` compares it: without query and fragment, with scheme, host, dot segments and percent-encoding
 * normalised; nothing where it is no http(s) URL, or names a user.
 * [RFC 9449 section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3),
 * [RFC 3986 section 6.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2)
 */
export function normalHtu(url: string): string | undefined {
  if (!uri.test(url) || !URL.canParse(url)) return undefined;
  const { origin, pathname, username, password } = new URL(url);
  if (username !== '' || password !== '') return undefined;
  return origin + pathname.replace(/%[\da-f]{2}/gi, normalEscape);
}

/**
 * Where a request went: its target, path and query as they came, at the origin of the configured base URL, never at
 * the Host header's. Nothing where the target is no path.
 */
export function requestUrl(baseUrl: string, target: string): string | undefined {
  return target.startsWith('/') ? new URL(baseUrl).origin + target : undefined;
}

function normalEscape(escape: string): string {
  const character = String.fromCharCode(parseInt(escape.slice(1), 16));
  return unreserved.test(character) ? character : escape.toUpperCase();
}
