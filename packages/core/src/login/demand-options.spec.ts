import { refusal } from '../../test/refusal.js';
import { checkLoginDemand } from './demand-options.js';

it.each([
  {},
  { acr: 'gold' },
  { acr: 'gold platinum', maxAge: 0 },
  { acr: ['gold', 'platinum'], maxAge: 300, csrf: { origins: ['https://shop.example'] } },
])('%j may be demanded', (demand) => {
  expect(checkLoginDemand(demand)).toEqual(demand);
});

it.each<[option: string, demand: unknown]>([
  ['The options', 'gold'],
  ['acr', { acr: '' }],
  ['acr', { acr: ' ' }],
  ['acr', { acr: [] }],
  ['acr', { acr: 7 }],
  ['acr', { acr: ['a b'] }],
  ['acr', { acr: 'gö' }],
  ['acr', { acr: 'x'.repeat(257) }],
  ['maxAge', { maxAge: -1 }],
  ['maxAge', { maxAge: '300' }],
  ['csrf', { csrf: false }],
  ['csrf.origins', { csrf: {} }],
  ['csrf.origins', { csrf: { origins: ['https://shop.example/'] } }],
  ['max_age', { max_age: 300 }],
])('[R96] [RULE 6.1] refuses %s of %j', async (option, demand) => {
  const error = await refusal(() => checkLoginDemand(demand));
  expect(error.code).toBe('invalid_option');
  expect(error.message).toMatch(new RegExp(`^(?:Option )?${option}(?::| is unknown)`));
});
