import { OidcClient } from '@latchkey/core';
import { oidcClientToken } from './index.js';

it('a client is injected by its class, or by a token of its own where it has a name', () => {
  expect(oidcClientToken()).toBe(OidcClient);
  expect(oidcClientToken('staff')).toBe('OidcClient:staff');
  expect(oidcClientToken('staff')).not.toBe(oidcClientToken('guests'));
});
