import { ConfigurationError, ResponseError } from '../errors.js';
import { AuthorizationServerMetadata } from '../messages/authorization-server-metadata.js';
import type { Fetched } from './cached.js';
import { type DiscoverOptions, requireIssuer, requireSafeEndpoints } from './discover.js';
import { fetchDocument, findDocument } from './fetch-document.js';
import { authorizationServerUrl, wellKnownUrl } from './issuer-url.js';

/**
 * Fetches the metadata of an issuer whose tokens an API takes: an OP's, or where it says that there is none, that of an
 * authorization server. It is checked to be the issuer's, and its endpoints to be as safe as the issuer.
 *
 * @throws {ConfigurationError} `issuer_mismatch`, `invalid_metadata`
 * @throws {UnavailableError} `op_unreachable`
 * @see [RFC 8414, section 3](https://www.rfc-editor.org/rfc/rfc8414#section-3)
 */
export async function discoverServer(options: DiscoverOptions): Promise<Fetched<AuthorizationServerMetadata>> {
  const { issuer, discoveryUrl, http } = options;
  const { text, headers } =
    discoveryUrl === undefined
      ? ((await findDocument(http, wellKnownUrl(issuer))) ??
        (await fetchDocument(http, authorizationServerUrl(issuer))))
      : await fetchDocument(http, discoveryUrl);
  const value = read(text, issuer);
  requireIssuer(value.issuer, issuer);
  requireSafeEndpoints(value, issuer);
  return { value, cacheControl: headers.get('cache-control') };
}

function read(text: string, issuer: string): AuthorizationServerMetadata {
  try {
    return AuthorizationServerMetadata.fromJson(text);
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    throw new ConfigurationError('invalid_metadata', `the metadata of ${issuer}: ${error.message}`, { cause: error });
  }
}
