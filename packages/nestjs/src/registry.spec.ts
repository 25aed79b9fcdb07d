import { OidcClient, TokenVerifier } from '@latchkey/core';
import { refusal } from '../../core/test/refusal.js';
import { secret } from '../test/app.js';
import { OidcRegistry } from './registry.js';

function clientAt(callback?: string, name?: string): OidcClient {
  return new OidcClient({
    issuer: 'https://op.example',
    clientId: 'app',
    baseUrl: 'https://app.example',
    session: { secret },
    ...(callback !== undefined && { routes: { callback } }),
    ...(name !== undefined && { name }),
  });
}

it('finds clients by their names, the default one by none', () => {
  const registry = new OidcRegistry();
  const [one, other] = [clientAt(), clientAt(undefined, 'staff')];
  registry.add(undefined, one);
  registry.add('staff', other);
  expect([registry.get(undefined), registry.get('staff'), registry.find(), registry.find('none')]).toEqual([
    one,
    other,
    one,
    undefined,
  ]);
  expect([...registry.clients().values()]).toEqual([one, other]);
});

it.each<[string, (registry: OidcRegistry) => unknown, string]>([
  [
    'a name that is taken',
    (registry) => registry.add('staff', clientAt(undefined, 'another')),
    'Option name: expected one client named "staff", came another one. Give each a name of its own.',
  ],
  [
    'a callback that is taken',
    (registry) => registry.add(undefined, clientAt('/auth/staff/callback')),
    'Option routes.callback: expected a path of its own, came "/auth/staff/callback" of another client.',
  ],
  [
    'a default client that is not there',
    (registry) => registry.get(undefined),
    'Expected OidcModule with a client without a name, came none.',
  ],
  [
    'a named client that is not there',
    (registry) => registry.get('guests'),
    'Expected OidcModule with a client named "guests", came none.',
  ],
])('refuses %s', async (_what, step, message) => {
  const registry = new OidcRegistry();
  registry.add('staff', clientAt(undefined, 'staff'));
  expect(await refusal(() => step(registry))).toMatchObject({ code: 'invalid_option', message });
});

describe('what verifies tokens', () => {
  const verifier = (): TokenVerifier =>
    new TokenVerifier({
      issuer: 'https://op.example',
      audience: 'https://api.example',
      jwksUri: 'https://op.example/a',
    });

  it('is found by the name of its client, or of its API', () => {
    const registry = new OidcRegistry();
    const [one, other] = [verifier(), verifier()];
    registry.add(undefined, clientAt(), one);
    registry.add('staff', clientAt(undefined, 'staff'));
    registry.addVerifier('partners', other);
    expect([registry.verifier(undefined), registry.verifier('partners')]).toEqual([one, other]);
    expect([...registry.verifiers().keys()]).toEqual([undefined, 'partners']);
    expect([...registry.clients().keys()]).toEqual([undefined, 'staff']);
  });

  it.each<[string, (registry: OidcRegistry) => unknown, string]>([
    [
      'an API of that name',
      (registry) => registry.addVerifier('partners', verifier()),
      'Option name: expected one API named "partners", came another one. Give each a name of its own.',
    ],
    [
      'a client of that name',
      (registry) => registry.addVerifier('staff', verifier()),
      'Expected option token of OidcModule, since it has a client named "staff", came TokenModule.',
    ],
    [
      'an API of the name of a client',
      (registry) => registry.add('partners', clientAt(undefined, 'partners')),
      'Expected option token of OidcModule, since it has a client named "partners", came TokenModule.',
    ],
    [
      'none',
      (registry) => registry.verifier('staff'),
      'Expected option token of OidcModule, or TokenModule, for the API named "staff", came neither.',
    ],
  ])('is refused where there is %s', async (_what, step, message) => {
    const registry = new OidcRegistry();
    registry.add('staff', clientAt(undefined, 'staff'));
    registry.addVerifier('partners', verifier());
    expect(await refusal(() => step(registry))).toMatchObject({ code: 'invalid_option', message });
  });
});
