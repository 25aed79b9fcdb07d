import { ProtectedResourceMetadata } from '../messages/protected-resource-metadata.js';
import { dpopAlgorithms } from './dpop.js';
import { invalid, textsOf } from './token-options.js';
import type { TokenVerifier } from './token-verifier.js';

/** What the metadata may say beyond what the options tell. */
export type ResourceDescription = Partial<
  Pick<
    ProtectedResourceMetadata,
    'resource_name' | 'resource_documentation' | 'resource_policy_uri' | 'resource_tos_uri' | 'scopes_supported'
  >
>;

/**
 * Where the metadata of an API is: between the host and the path of its identifier.
 * [RFC 9728 section 3](https://www.rfc-editor.org/rfc/rfc9728#section-3)
 */
export function resourceMetadataUrl(resource: string): string {
  const { origin, pathname, search } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}${search}`;
}

/**
 * What an API says of itself to clients that do not know it yet.
 * [RFC 9728 section 2](https://www.rfc-editor.org/rfc/rfc9728#section-2)
 * @throws ConfigurationError `invalid_option` where the API has no identifier
 */
export function resourceMetadata(
  { options, issuers }: Pick<TokenVerifier, 'options' | 'issuers'>,
  more: ResourceDescription = {},
): ProtectedResourceMetadata {
  const { resource, scope, anyScope, bodyToken, dpop, mtls } = options;
  if (resource === undefined) throw invalid('resource', "this API's identifier", 'nothing');
  const scopes = [...new Set([...textsOf(scope), ...textsOf(anyScope)])];
  return ProtectedResourceMetadata.of({
    resource,
    authorization_servers: issuers,
    ...(scopes.length > 0 && { scopes_supported: scopes }),
    bearer_methods_supported: bodyToken ? ['header', 'body'] : ['header'],
    // Whether they are taken: that they are demanded has no name for certificates, only for keys.
    ...(mtls && { tls_client_certificate_bound_access_tokens: true }),
    ...(dpop && {
      dpop_signing_alg_values_supported: dpopAlgorithms,
      dpop_bound_access_tokens_required: typeof dpop === 'object' && dpop.required === true,
    }),
    ...more,
  });
}
