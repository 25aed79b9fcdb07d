import { HybridAuthenticationResponse } from './index.js';

it.each([
  ['code=c', { code: 'c' }],
  ['id_token=i&state=s', { id_token: 'i', state: 's' }],
  ['access_token=a&token_type=bearer&expires_in=60', { access_token: 'a', token_type: 'bearer', expires_in: 60 }],
])('reads %s', (form, members) => {
  expect(HybridAuthenticationResponse.fromForm(form).toJSON()).toEqual(members);
});

it.each([
  ['state=s', 'code is required when there is no token'],
  ['access_token=a', 'token_type is required when there is an access token'],
  ['code=c&expires_in=1.5', 'expires_in'],
])('refuses %s', (form, message) => {
  expect(() => HybridAuthenticationResponse.fromForm(form)).toThrow(message);
});
