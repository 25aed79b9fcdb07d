import { OidcClient, TokenVerifier } from '@latchkey/core';
import { secret } from '../test/app.js';
import { OidcRegistry } from './registry.js';
import type { Rules } from './rules.js';
import { loginRequirements, schemesOf, tokenRequirements } from './security-schemes.js';

const issuer = 'https://op.example';
const audience = 'https://api.example';
const client = new OidcClient({ issuer, clientId: 'app', baseUrl: 'https://app.example', session: { secret } });
const named = (name?: string, scope?: readonly string[]): Rules =>
  ({ clientName: name, ...(scope && { demands: { scope } }) }) as Rules;

/** An application with one client and what verifies its tokens. */
function registryWith(token: object = {}): OidcRegistry {
  const registry = new OidcRegistry();
  registry.add(undefined, client, new TokenVerifier({ issuer, audience, ...token }));
  return registry;
}

it('a session comes from the OP of its client', () => {
  expect(loginRequirements(named())).toEqual([{ oidc: [] }]);
  expect(loginRequirements(named('staff'))).toEqual([{ 'oidc-staff': [] }]);
});

it('a token comes from its OP with the scopes to ask for, or as it is sent', () => {
  expect(tokenRequirements(named(undefined, ['write']), registryWith({ scope: 'read write' }))).toEqual([
    { oidc: ['read', 'write'] },
    { bearer: [] },
  ]);
  expect(tokenRequirements(named(), registryWith({ scope: 'read', anyScope: 'a b' }))).toEqual([
    { oidc: ['read', 'a'] },
    { oidc: ['read', 'b'] },
    { bearer: [] },
  ]);
  expect(tokenRequirements(named('unknown'), registryWith())).toEqual([]);
});

it.each<[dpop: unknown, ways: readonly string[]]>([
  [true, ['bearer', 'dpop']],
  [{ required: false }, ['bearer', 'dpop']],
  [{ required: true }, ['dpop']],
])('with dpop %j tokens are sent by %j', (dpop, ways) => {
  const registry = registryWith({ dpop, baseUrl: 'https://app.example' });
  expect(tokenRequirements(named(), registry).slice(1)).toEqual(ways.map((way) => ({ [way]: [] })));
  expect(Object.keys(schemesOf(registry))).toEqual(['oidc', ...ways]);
});

it('every OP is a scheme, the one of the client first', () => {
  const other = { issuer: 'https://other.example', audience };
  expect(schemesOf(registryWith({ issuer: [issuer, other] }))).toEqual({
    oidc: { type: 'openIdConnect', openIdConnectUrl: `${issuer}/.well-known/openid-configuration` },
    'oidc-2': { type: 'openIdConnect', openIdConnectUrl: `${other.issuer}/.well-known/openid-configuration` },
    bearer: { type: 'http', scheme: 'bearer' },
  });
});
