import { ProviderMetadata } from './provider-metadata.js';

const least = {
  issuer: 'https://op.example',
  authorization_endpoint: 'https://op.example/authorize',
  token_endpoint: 'https://op.example/token',
  jwks_uri: 'https://op.example/jwks',
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
};

// An OP of the implicit flow alone has no token endpoint, and some do not list their response types.
const mayLack = ['token_endpoint', 'response_types_supported'];

it.each(Object.keys(least).filter((name) => !mayLack.includes(name)))('is refused without %s', (name) => {
  expect(() => ProviderMetadata.fromJson({ ...least, [name]: undefined })).toThrow(name);
});

it('reads the defaults of the specifications where nothing is said, and does not send them', () => {
  const metadata = ProviderMetadata.fromJson(least);
  expect(metadata).toMatchObject({
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: true,
    require_request_uri_registration: false,
    frontchannel_logout_supported: false,
    frontchannel_logout_session_supported: false,
    backchannel_logout_supported: false,
    backchannel_logout_session_supported: false,
  });
  expect(metadata.toJSON()).toEqual(least);
});

it('keeps what it does not know', () => {
  const all = { ...least, 'x-tenant': { region: 'eu' } };
  expect(ProviderMetadata.fromJson(all).toJSON()).toEqual(all);
});
