import { OidcClient, TokenVerifier } from '@latchkey/core';
import { oidcClientToken, tokenVerifierToken } from './index.js';

it('a client is injected by its class, or by a token of its own where it has a name', () => {
  expect(oidcClientToken()).toBe(OidcClient);
  expect(oidcClientToken('staff')).toBe('OidcClient:staff');
  expect(oidcClientToken('staff')).not.toBe(oidcClientToken('guests'));
});

it('so is a verifier', () => {
  expect(tokenVerifierToken()).toBe(TokenVerifier);
  expect(tokenVerifierToken('staff')).toBe('TokenVerifier:staff');
});
