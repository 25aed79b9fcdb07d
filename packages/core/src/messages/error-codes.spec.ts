import {
  AuthenticationErrorCode,
  BearerTokenErrorCode,
  ClientRegistrationErrorCode,
  TokenErrorCode,
} from './error-codes.js';

const all = { AuthenticationErrorCode, BearerTokenErrorCode, ClientRegistrationErrorCode, TokenErrorCode };

it.each(Object.entries(all))('each code of %s is named as it is sent', (_name, codes) => {
  for (const [name, code] of Object.entries(codes)) expect(code).toBe(name);
});

it.each([
  [
    'RFC 6749 section 5.2',
    TokenErrorCode,
    'invalid_request invalid_client invalid_grant unauthorized_client unsupported_grant_type invalid_scope',
  ],
  [
    'RFC 6750, 9449 and 9470',
    BearerTokenErrorCode,
    'invalid_request invalid_token insufficient_scope invalid_dpop_proof use_dpop_nonce insufficient_user_authentication',
  ],
  [
    'RFC 7591 section 3.2.2',
    ClientRegistrationErrorCode,
    'invalid_redirect_uri invalid_client_metadata invalid_software_statement unapproved_software_statement',
  ],
])('%s has these and no others', (_spec, codes, text) => {
  expect(Object.keys(codes).sort()).toEqual(text.split(' ').sort());
});
