import { wellKnownUrl } from '../discovery/issuer-url.js';
import type { TokenVerifier } from './token-verifier.js';

/**
 * Where the metadata of the issuers is whose tokens an API takes, for documents that name it. Those whose keys the options
 * tell need have none.
 */
export function metadataUrls({ options }: Pick<TokenVerifier, 'options'>): readonly string[] {
  const { issuer, discoveryUrl, jwksUri, secret } = options;
  return [issuer].flat().flatMap((each) => {
    const own = typeof each === 'string' ? { issuer: each } : each;
    const all = { discoveryUrl, jwksUri, secret, ...own };
    if (all.secret !== undefined || all.jwksUri !== undefined) return [];
    return all.discoveryUrl ?? wellKnownUrl(all.issuer);
  });
}
