import { ClientRegistrationRequest } from './index.js';

it.each([
  [{}, "redirect_uris is required when grant_types holds 'authorization_code'"],
  [{ grant_types: ['refresh_token', 'implicit'] }, "redirect_uris is required when grant_types holds 'implicit'"],
  [{ grant_types: 'implicit', redirect_uris: [] }, 'grant_types must be an array'],
  [{ grant_types: 5 }, 'grant_types must be an array'],
  [{ redirect_uris: [], jwks_uri: 'https://rp/jwks', jwks: { keys: [] } }, 'jwks must not stand beside jwks_uri'],
])('refuses %p', (members, message) => {
  expect(() => ClientRegistrationRequest.fromJson(members)).toThrow(message);
});

it('needs no redirect where no grant sends the user back', () => {
  const members = { grant_types: ['client_credentials'], jwks: { keys: [] } };
  expect(ClientRegistrationRequest.of(members).toJSON()).toEqual(members);
});
