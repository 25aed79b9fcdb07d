import { BearerTokenError } from './index.js';

it.each([
  ['RFC 6750 3', 'Bearer realm="example"'],
  ['RFC 6750 3', 'Bearer realm="example", error="invalid_token", error_description="The access token expired"'],
  [
    'RFC 9470 3',
    'Bearer error="insufficient_user_authentication", error_description="A different authentication level is required", acr_values="myACR"',
  ],
  [
    'RFC 9470 3',
    'Bearer error="insufficient_user_authentication", error_description="More recent authentication is required", max_age="5"',
  ],
  ['RFC 9728 5.1', 'Bearer resource_metadata="https://resource.example.com/.well-known/oauth-protected-resource"'],
])('reads and writes the example of %s', (_section, header) => {
  expect(BearerTokenError.fromChallenge(header)?.toChallenge()).toBe(header);
});

it('reads numbers and lists, and the challenges of DPoP', () => {
  const header = 'Bearer error="a", DPoP error="use_dpop_nonce", algs="ES256 PS256", max_age=5, extra="x"';
  expect(BearerTokenError.fromChallenge(header, 'DPoP')?.toJSON()).toEqual({
    error: 'use_dpop_nonce',
    algs: ['ES256', 'PS256'],
    max_age: 5,
    extra: 'x',
  });
});

it('finds nothing where there is no such challenge', () => {
  expect(BearerTokenError.fromChallenge('Basic realm="a"')).toBeUndefined();
});

it('[R71] says no error where no credentials came', () => {
  expect(BearerTokenError.of({}).toChallenge()).toBe('Bearer');
  expect(BearerTokenError.of({ realm: 'api', scope: 'a b' }).toChallenge('DPoP')).toBe('DPoP realm="api", scope="a b"');
});
