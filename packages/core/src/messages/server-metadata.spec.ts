import { AuthorizationServerMetadata } from './authorization-server-metadata.js';
import { ProviderMetadata } from './provider-metadata.js';
import { ServerMetadata } from './server-metadata.js';

const issuer = 'https://op.example';

it('is what an authorization server and an OP have in common', () => {
  for (const type of [AuthorizationServerMetadata, ProviderMetadata]) {
    expect(type.prototype).toBeInstanceOf(ServerMetadata);
    expect(type.defaults).toMatchObject(ServerMetadata.defaults);
  }
});

it('is refused without an issuer, and needs nothing else', () => {
  expect(() => AuthorizationServerMetadata.fromJson({})).toThrow('issuer');
  expect(AuthorizationServerMetadata.fromJson({ issuer }).toJSON()).toEqual({ issuer });
});

it('reads the defaults of RFC 8414 and of what came after where nothing, or null, is said', () => {
  const metadata = AuthorizationServerMetadata.fromJson({ issuer, grant_types_supported: null });
  expect(metadata).toMatchObject({
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: ['authorization_code', 'implicit'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    authorization_response_iss_parameter_supported: false,
    require_pushed_authorization_requests: false,
    tls_client_certificate_bound_access_tokens: false,
  });
  expect(() => (metadata.grant_types_supported as string[]).push('password')).toThrow(TypeError);
});

it.each<[string, unknown]>([
  ['token_endpoint', 7],
  ['scopes_supported', 'openid email'],
  ['mtls_endpoint_aliases', { token_endpoint: 1 }],
  ['authorization_response_iss_parameter_supported', 'true'],
])('is refused with %s as %j', (name, value) => {
  expect(() => AuthorizationServerMetadata.fromJson({ issuer, [name]: value })).toThrow(name);
});

it('may have a megabyte, and no more', () => {
  const text = (length: number): string => JSON.stringify({ issuer, x: 'x'.repeat(length) });
  const room = 1024 * 1024 - text(0).length;
  expect(AuthorizationServerMetadata.fromJson(text(room)).issuer).toBe(issuer);
  expect(() => AuthorizationServerMetadata.fromJson(text(room + 1))).toThrow('1048576');
});
