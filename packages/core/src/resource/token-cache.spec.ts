import { TokenCache } from './token-cache.js';

const tail = 't'.repeat(24);

it('[R88] [RULE 6.2] knows exactly the token that was put, whole', () => {
  const cache = new TokenCache(10);
  const entry = { token: `a${tail}` };
  cache.put(entry);
  expect(cache.get(`a${tail}`)).toBe(entry);
  expect([cache.get(`b${tail}`), cache.get(tail), cache.get(''), cache.get(`aa${tail}`)]).toEqual(
    Array(4).fill(undefined),
  );
});

it('[R88] a token with the end of another one takes its place, and is never taken for it', () => {
  const cache = new TokenCache(10);
  const [one, two] = [{ token: `a${tail}` }, { token: `b${tail}` }];
  cache.put(one);
  cache.put(two);
  expect([cache.get(one.token), cache.get(two.token), cache.size]).toEqual([undefined, two, 1]);
});

it.each([1, 2, 3, 10, 1000])('[R88] [R95] holds %i at most, rounded up to an even number', (max) => {
  const cache = new TokenCache(max);
  for (let n = 0; n < 5 * max; n++) {
    cache.put({ token: `${n}`.padStart(30, '0') });
    expect(cache.size).toBeLessThanOrEqual(max + (max % 2));
  }
});

it('[R88] keeps those that are asked for', () => {
  const cache = new TokenCache(10);
  const wanted = { token: 'wanted'.padStart(30) };
  cache.put(wanted);
  for (let n = 0; n < 100; n++) {
    expect(cache.get(wanted.token)).toBe(wanted);
    cache.put({ token: `${n}`.padStart(30, '0') });
  }
  for (let n = 0; n < 10; n++) cache.put({ token: `x${n}`.padStart(30, '0') });
  expect(cache.get(wanted.token)).toBeUndefined();
});

it('forgets what is deleted, young or old', () => {
  const cache = new TokenCache(2);
  const [one, two] = [{ token: 'one' }, { token: 'two' }];
  cache.put(one);
  cache.put(two);
  cache.delete('one');
  cache.delete('two');
  expect([cache.get('one'), cache.get('two'), cache.size]).toEqual([undefined, undefined, 0]);
});

it('holds nothing where nothing may be held', () => {
  const cache = new TokenCache(0);
  cache.put({ token: 'one' });
  expect([cache.get('one'), cache.size]).toEqual([undefined, 0]);
});
