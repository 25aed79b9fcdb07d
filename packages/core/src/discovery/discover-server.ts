import { ConfigurationError, ResponseError } from '../errors.js';
import type { Http } from '../http.js';
import { AuthorizationServerMetadata } from '../messages/authorization-server-metadata.js';
import type { Fetched } from './cached.js';
import { type DiscoverOptions, requireIssuer, requireSafeEndpoints } from './discover.js';
import { fetchDocument } from './fetch-document.js';
import { authorizationServerUrl, wellKnownUrl } from './issuer-url.js';

/**
 * Fetches the metadata of an issuer whose tokens an API takes: an OP's, or where there is none that of an authorization
 * server. It is checked to be the issuer's, and its endpoints to be as safe as the issuer.
 *
 * @throws {ConfigurationError} `issuer_mismatch`, `invalid_metadata`
 * @throws {UnavailableError} `op_unreachable`
 * @see [RFC 8414, section 3](https://www.rfc-editor.org/rfc/rfc8414#section-3)
 */
export async function discoverServer(options: DiscoverOptions): Promise<Fetched<AuthorizationServerMetadata>> {
  const { issuer, discoveryUrl, http } = options;
  const known = discoveryUrl ?? wellKnownUrl(issuer);
  const isOp = discoveryUrl !== undefined || (await exists(http, known));
  const { text, headers } = await fetchDocument(http, isOp ? known : authorizationServerUrl(issuer));
  const value = read(text, issuer);
  requireIssuer(value.issuer, issuer);
  requireSafeEndpoints(value, issuer);
  return { value, cacheControl: headers.get('cache-control') };
}

/** Only where it is said that there is nothing; whoever says nothing may have it. */
async function exists(http: Http, url: string): Promise<boolean> {
  const { status } = await http.send({ url, accept: 'any', maxBytes: 1024 * 1024 }).catch(() => ({ status: 0 }));
  return status !== 404;
}

function read(text: string, issuer: string): AuthorizationServerMetadata {
  try {
    return AuthorizationServerMetadata.fromJson(text);
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    throw new ConfigurationError('invalid_metadata', `the metadata of ${issuer}: ${error.message}`, { cause: error });
  }
}
