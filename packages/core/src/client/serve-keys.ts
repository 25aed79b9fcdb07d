import { publicKeysOf } from '../keys/client-keys.js';
import { jsonAnswer } from '../pages/answers.js';
import type { OidcClient } from './client.js';

/** Seconds that the OP may keep our keys: how long a new one should be published before it is used. */
const freshFor = 300;

/** Serves our public keys to the OP. [RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5) */
export function serveKeys({ settings }: OidcClient): Response {
  return jsonAnswer({ ...publicKeysOf(settings) }, { headers: { 'Cache-Control': `public, max-age=${freshFor}` } });
}
