import { refusal } from '../../test/refusal.js';
import { dpopAlgorithms } from './dpop.js';
import { type ResourceDescription, resourceMetadata, resourceMetadataUrl } from './resource-metadata.js';
import type { TokenOptions } from './token-options.js';
import { TokenVerifier } from './token-verifier.js';

const issuer = 'https://op.example';
const resource = 'https://api.example/v1/';

function metadataOf(options: Partial<TokenOptions>, more?: ResourceDescription): unknown {
  return resourceMetadata(new TokenVerifier({ issuer, audience: resource, resource, ...options }), more).toJSON();
}

describe('[R83] the metadata of an API', () => {
  const least = { resource, authorization_servers: [issuer], bearer_methods_supported: ['header'] };
  const algs = { dpop_signing_alg_values_supported: dpopAlgorithms };
  const baseUrl = 'https://api.example';
  it.each<[string, Partial<TokenOptions>, object, ResourceDescription?]>([
    ['says the least', {}, {}],
    [
      'names all issuers',
      { issuer: [issuer, { issuer: `${issuer}/b` }] },
      { authorization_servers: [issuer, `${issuer}/b`] },
    ],
    ['names each scope once', { scope: 'a b', anyScope: ['b', 'c'] }, { scopes_supported: ['a', 'b', 'c'] }],
    ['says where tokens may stand', { bodyToken: true }, { bearer_methods_supported: ['header', 'body'] }],
    ['says that certificates are looked at', { mtls: true }, { tls_client_certificate_bound_access_tokens: true }],
    ['says that proofs are taken', { dpop: true, baseUrl }, { ...algs, dpop_bound_access_tokens_required: false }],
    [
      'says that proofs are needed',
      { dpop: { required: true }, baseUrl },
      { ...algs, dpop_bound_access_tokens_required: true },
    ],
    [
      'says what the program adds',
      { scope: 'a' },
      { resource_name: 'Orders', scopes_supported: ['a', 'b'] },
      { resource_name: 'Orders', scopes_supported: ['a', 'b'] },
    ],
  ])('%s', (_name, options, expected, more = {}) => {
    expect(metadataOf(options, more)).toEqual({ ...least, ...expected });
  });

  it('is of nothing without an identifier', async () => {
    expect(await refusal(() => metadataOf({ resource: undefined }))).toMatchObject({
      code: 'invalid_option',
      message: "Option resource: expected this API's identifier, came nothing.",
    });
  });
});

it.each([
  ['https://api.example', 'https://api.example/.well-known/oauth-protected-resource'],
  ['https://api.example/', 'https://api.example/.well-known/oauth-protected-resource'],
  ['https://api.example:8443/v1', 'https://api.example:8443/.well-known/oauth-protected-resource/v1'],
  ['https://api.example/v1/', 'https://api.example/.well-known/oauth-protected-resource/v1/'],
  ['https://api.example/?a=b', 'https://api.example/.well-known/oauth-protected-resource?a=b'],
  ['https://api.example/v1?a=b', 'https://api.example/.well-known/oauth-protected-resource/v1?a=b'],
  ['https://api.example/"ä', 'https://api.example/.well-known/oauth-protected-resource/%22%C3%A4'],
])('[R83] %s has its metadata at %s', (of, at) => {
  expect(resourceMetadataUrl(of)).toBe(at);
});
