import { copyJson, jsonObject, kindOf, parseJson, showMember } from './json.js';

describe('parseJson', () => {
  it('refuses what is too long before it parses', () => {
    expect(() => parseJson('"ä"', 3, 'X')).toThrow('X: expected at most 3 bytes of JSON.');
    expect(parseJson('"ä"', 4, 'X')).toBe('ä');
  });

  it('[R92] does not quote what is no JSON', () => {
    expect(() => parseJson('secret', 10, 'X')).toThrow('X: expected JSON, came 6 characters that are none.');
  });
});

describe('copyJson', () => {
  it('copies, without prototypes and without what is undefined', () => {
    const given = { a: [1, { b: null }], c: undefined };
    const copy = copyJson(given, 'X', true) as typeof given;
    expect(copy).toEqual({ a: [1, { b: null }] });
    expect(Object.keys(copy)).toEqual(['a']);
    expect(Object.getPrototypeOf(copy)).toBeNull();
    expect([copy, copy.a, copy.a[1]].every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(copyJson(given, 'X', false))).toBe(false);
  });

  it('knows one zero, as JSON writes it', () => {
    expect(copyJson([-0], 'X', true)).toEqual([0]);
  });

  it.each([
    ['an own __proto__', JSON.parse('{"a":{"__proto__":1}}'), 'X: expected no member named __proto__.'],
    ['a symbol', [Symbol('a')], 'X: expected JSON values, came a symbol.'],
    ['a bigint', [1n], 'X: expected JSON values, came a bigint.'],
    ['a hole', [undefined], 'X: expected JSON values, came nothing.'],
    ['Infinity', Infinity, 'X: expected finite numbers.'],
  ])('[R94] refuses %s', (_what, value, message) => {
    expect(() => copyJson(value, 'X', true)).toThrow(message);
  });
});

it('[R94] jsonObject takes objects alone', () => {
  expect(jsonObject({ a: 1 }, 'X')).toEqual({ a: 1 });
  expect(() => jsonObject([], 'X')).toThrow('X: expected a JSON object, came a list.');
  expect(() => jsonObject(JSON.parse('{"__proto__":1}'), 'X')).toThrow('X: expected no member named __proto__.');
});

it.each([
  [undefined, 'nothing'],
  [null, 'null'],
  [[], 'a list'],
  [{}, 'an object'],
  ['x', 'a string'],
])('kindOf %p is %s', (value, kind) => {
  expect(kindOf(value)).toBe(kind);
});

it.each([
  ['acr', 'gold', '"gold"'],
  ['acr', ['gold'], 'a list'],
  ['max_age', '1h', '"1h"'],
  ['state', 'x', 'a string'],
  ['id_token', 'x', 'a string'],
  ['id_token_hint', 'x', 'a string'],
  ['code_verifier', 'x', 'a string'],
  ['at_hash', 'x', 'a string'],
  ['sid', undefined, 'nothing'],
])('[R92] showMember says of %s %p: %s', (name, value, shown) => {
  expect(showMember(name, value)).toBe(shown);
});
