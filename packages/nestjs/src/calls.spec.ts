import { OidcClient } from '@latchkey/core';
import { secret } from '../test/app.js';
import { callOf, clientOf, noteCall, notePass, passOf } from './calls.js';
import { OidcRegistry } from './registry.js';
import type { Rules } from './rules.js';

it('remembers what is known of a call, and nothing of another', () => {
  const [key, call] = [{}, { registry: new OidcRegistry(), clientName: 'staff' }];
  noteCall(key, call);
  expect(callOf(key)).toEqual(call);
  noteCall(key, { registry: call.registry, clientName: 'guests' });
  expect(callOf(key)).toEqual({ registry: call.registry, clientName: 'guests' });
  expect(callOf({})).toBeUndefined();
});

it('remembers what a call passes for, apart for each of the handlers that it reaches', () => {
  const [key, one, other]: [object, Rules, Rules] = [
    {},
    { guards: [], clientName: 'staff' },
    { guards: [], clientName: undefined },
  ];
  const pass = {};
  notePass(key, one, pass);
  expect([passOf(key, one), passOf(key, other), passOf({}, one)]).toEqual([pass, undefined, undefined]);
  notePass(key, other, {});
  expect(passOf(key, one)).toBe(pass);
});

it("knows the client that a call is for: its handler's, or the default one", () => {
  const registry = new OidcRegistry();
  const base = { issuer: 'https://op.example', baseUrl: 'https://app.example', session: { secret } };
  const [one, other] = [
    new OidcClient({ ...base, clientId: 'app' }),
    new OidcClient({ ...base, clientId: 'staff', name: 'staff' }),
  ];
  registry.add(undefined, one);
  registry.add('staff', other);
  expect(clientOf({ registry })).toBe(one);
  expect(clientOf({ registry, clientName: 'staff' })).toBe(other);
  expect(clientOf({ registry, clientName: 'none' })).toBeUndefined();
  expect(clientOf(undefined)).toBeUndefined();
});
