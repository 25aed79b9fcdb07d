import { createHash } from 'node:crypto';
import { equalInConstantTime, freshBytes, hashOf, randomToken } from './crypto.js';

it('[R3] [R4] a random token has 256 bits as 43 base64url characters', () => {
  const tokens = Array.from({ length: 100 }, randomToken);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) {
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  }
});

it('[R3] gives no random byte twice, whatever sizes it is asked for, and takes none back', () => {
  const sizes = [1, 12, 16, 32, 4096, 4095, 2, 12, 100];
  const given = Array.from({ length: 200 }, (_, n) => freshBytes(sizes[n % sizes.length]!));
  expect(given.map(({ length }) => length)).toEqual(given.map((_, n) => sizes[n % sizes.length]));
  const words = given.flatMap((bytes) =>
    Array.from({ length: bytes.length >> 3 }, (_, n) => bytes.readBigUInt64BE(8 * n)),
  );
  expect(words.length).toBeGreaterThan(20_000);
  expect(new Set(words).size).toBe(words.length);
  expect(() => freshBytes(4097)).toThrow(RangeError);
  const [first] = given;
  const before = Buffer.from(first!);
  for (let n = 0; n < 1000; n++) freshBytes(32);
  expect(first).toEqual(before);
});

it.each([
  [['a', 'b'], ['ab']],
  [['a', 'b'], ['a,b']],
  [['a', 'b'], ['a","b']],
  [['a', ''], ['a']],
  [
    ['a', 'bc'],
    ['ab', 'c'],
  ],
  [[null], ['null']],
  [[null], ['']],
])('[RULE 1.1] the parts %j and %j have different hashes', (one, other) => {
  expect(hashOf(...one)).not.toBe(hashOf(...other));
});

it('[RULE 1.1] a hash is SHA-256 over the JSON array of its parts', () => {
  const hash = createHash('sha256').update('["a","b",null]').digest('base64url');
  expect(hashOf('a', 'b', null)).toBe(hash);
});

it.each([
  ['', '', true],
  ['a', 'a', true],
  ['ä', 'ä', true],
  ['a', 'b', false],
  ['a', 'aa', false],
  ['a', '', false],
  ['a', 'A', false],
])('[R91] %j and %j: %s', (a, b, equal) => {
  expect(equalInConstantTime(a, b)).toBe(equal);
});
