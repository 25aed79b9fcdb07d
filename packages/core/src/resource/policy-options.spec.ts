import { refusal } from '../../test/refusal.js';
import type { Policy } from './policy.js';
import { checkPolicy } from './policy-options.js';

it.each<Policy>([
  {},
  { scope: 'a b' },
  { scope: ['a'], anyScope: 'b c' },
  { claims: { role: 'admin', age: 18, staff: true, org: () => true } },
  { acr: 'gold', maxAge: 0 },
])('%j is a policy', (policy) => {
  expect(checkPolicy(policy)).toEqual(policy);
});

it.each<[option: string, policy: unknown]>([
  ['The options', undefined],
  ['scope', { scope: '' }],
  ['scope', { scope: ' ' }],
  ['scope', { scope: [] }],
  ['scope', { scope: ['a', ''] }],
  ['scope', { scope: 7 }],
  ['anyScope', { anyScope: '' }],
  ['claims', { claims: 'admin' }],
  ['claims.role', { claims: { role: undefined } }],
  ['claims.role', { claims: { role: ['admin'] } }],
  ['acr', { acr: [] }],
  ['maxAge', { maxAge: -1 }],
  ['scopes', { scopes: 'a' }],
])('[R96] refuses %s of %j, which would demand nothing', async (option, policy) => {
  const error = await refusal(() => checkPolicy(policy as Policy));
  expect(error.code).toBe('invalid_option');
  expect(error.message).toMatch(new RegExp(`^(?:Option )?${option}(?::| is unknown)`));
});
