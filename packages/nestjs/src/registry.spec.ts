import { OidcClient } from '@latchkey/core';
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
