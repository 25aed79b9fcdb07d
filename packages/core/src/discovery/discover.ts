import { ConfigurationError, ResponseError, show } from '../errors.js';
import type { Http } from '../http.js';
import { ProviderMetadata } from '../messages/provider-metadata.js';
import type { ServerMetadata } from '../messages/server-metadata.js';
import type { Fetched } from './cached.js';
import { fetchDocument } from './fetch-document.js';
import { wellKnownUrl } from './issuer-url.js';

/** Whose metadata is wanted, and where it stands if not below the issuer. */
export interface DiscoverOptions {
  readonly issuer: string;
  readonly discoveryUrl?: string | undefined;
  readonly http: Http;
}

/**
 * Fetches an issuer's metadata and checks that it is the issuer's, and that its endpoints are as safe as the issuer.
 *
 * @throws {ConfigurationError} `issuer_mismatch`, `invalid_metadata`
 * @throws {UnavailableError} `op_unreachable`
 * @see [OIDC Discovery, section 4.3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation)
 */
export async function discover({ issuer, discoveryUrl, http }: DiscoverOptions): Promise<Fetched<ProviderMetadata>> {
  const { text, headers } = await fetchDocument(http, discoveryUrl ?? wellKnownUrl(issuer));
  const value = read(text, issuer);
  requireIssuer(value.issuer, issuer);
  requireSafeEndpoints(value, issuer);
  return { value, cacheControl: headers.get('cache-control') };
}

function read(text: string, issuer: string): ProviderMetadata {
  try {
    return ProviderMetadata.fromJson(text);
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    throw new ConfigurationError('invalid_metadata', `the metadata of ${issuer}: ${error.message}`, { cause: error });
  }
}

/** @throws {ConfigurationError} `issuer_mismatch` */
export function requireIssuer(came: string, expected: string): void {
  if (came === expected) return;
  const slash = came.replace(/\/$/, '') === expected.replace(/\/$/, '');
  const hint = slash ? '; only the slash at the end differs: configure the issuer as the OP writes it' : '';
  const message = `issuer: expected ${show(expected)} in the metadata, came ${show(came)}${hint}`;
  throw new ConfigurationError('issuer_mismatch', message);
}

/** @throws {ConfigurationError} `invalid_metadata` */
export function requireSafeEndpoints(metadata: ServerMetadata, issuer: string): void {
  const protocols = issuer.startsWith('http:') ? ['https:', 'http:'] : ['https:'];
  for (const [name, value] of endpointsOf(metadata)) {
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
    if (url && protocols.includes(url.protocol) && !url.username && !url.password) continue;
    const expected = `a URL of ${protocols.join(' or ').replaceAll(':', '')}`;
    const message = `the metadata of ${issuer}: expected ${name} to be ${expected}, came ${show(value)}`;
    throw new ConfigurationError('invalid_metadata', message);
  }
}

/** Every URL in the metadata that a browser or we ourselves may be sent to, those that we do not know by name too. */
function endpointsOf(metadata: ServerMetadata): [string, unknown][] {
  const aliases = Object.entries(metadata.mtls_endpoint_aliases ?? {});
  return [...Object.entries(metadata), ...aliases].filter(
    ([name, value]) => value !== undefined && /_endpoint$|^jwks_uri$|^check_session_iframe$/.test(name),
  );
}
