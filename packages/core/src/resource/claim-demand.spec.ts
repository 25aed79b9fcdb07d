import { refusal } from '../../test/refusal.js';
import { type ClaimDemands, requireClaims } from './claim-demand.js';

const user = { sub: 'ada', roles: ['admin', 'cook'], level: 3, blocked: false, empty: null };

it.each<[string, ClaimDemands]>([
  ['nothing', {}],
  ['a value', { sub: 'ada' }],
  ['a number', { level: 3 }],
  ['false', { blocked: false }],
  ['one of a list', { roles: 'cook' }],
  ['a predicate', { level: (level) => Number(level) > 2 }],
  ['a predicate about all claims', { sub: (sub, { level }) => sub === 'ada' && level === 3 }],
  ['several', { sub: 'ada', roles: 'admin' }],
])('a user is what is demanded: %s', (_what, demands) => {
  expect(() => requireClaims(user, demands)).not.toThrow();
});

it.each<[string, ClaimDemands]>([
  ['another value', { sub: 'eve' }],
  ['a value of another type', { level: '3' }],
  ['nothing of a list', { roles: 'adm' }],
  ['a claim that is not there', { role: 'admin' }],
  ['a claim that every object has', { constructor: (value: unknown) => typeof value === 'function' }],
  ['a predicate on a claim that is not there', { role: () => true }],
  ['a predicate that says something else than true', { sub: (() => 'yes') as never }],
  ['null', { empty: 'null' }],
  ['one of several', { sub: 'ada', roles: 'cleaner' }],
])('a user is not: %s', async (_what, demands) => {
  expect(await refusal(() => requireClaims(user, demands))).toMatchObject({ code: 'insufficient_claims', status: 403 });
});

it('[R96] a demand that is none is the fault of whoever made it', async () => {
  expect(await refusal(() => requireClaims(user, { sub: { is: 'ada' } as never }))).toMatchObject({
    code: 'invalid_option',
    message: 'Option claims.sub: expected a value or a predicate, came {"is":"ada"}.',
  });
});
