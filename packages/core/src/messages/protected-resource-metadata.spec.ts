import { ProtectedResourceMetadata } from './protected-resource-metadata.js';

const resource = 'https://api.example';

it('is refused without the identifier of the API', () => {
  expect(() => ProtectedResourceMetadata.fromJson({})).toThrow('resource');
});

it('takes null for absent, and defaults for what is absent, which it does not send', () => {
  const metadata = ProtectedResourceMetadata.fromJson({
    resource,
    jwks_uri: null,
    dpop_bound_access_tokens_required: null,
  });
  expect([metadata.jwks_uri, metadata.dpop_bound_access_tokens_required]).toEqual([undefined, false]);
  expect(metadata.tls_client_certificate_bound_access_tokens).toBe(false);
  expect(metadata.toJSON()).toEqual({ resource });
});

it('keeps what it does not know, such as names in other languages', () => {
  const all = { resource, 'resource_name#de': 'Bestellungen', dpop_bound_access_tokens_required: true };
  expect(ProtectedResourceMetadata.fromJson(all).toJSON()).toEqual(all);
});
