import { heapInUse } from '../test/heap.js';
import { ownText, TextCache } from './text-cache.js';

const tail = 't'.repeat(24);

it('[R88] [RULE 6.2] knows exactly the text that was put, whole', () => {
  const cache = new TextCache<number>(10);
  cache.put(`a${tail}`, 1);
  expect(cache.get(`a${tail}`)).toBe(1);
  expect([cache.get(`b${tail}`), cache.get(tail), cache.get(''), cache.get(`aa${tail}`)]).toEqual(
    Array(4).fill(undefined),
  );
});

it('[R88] a text with the end of another one takes its place, and is never taken for it', () => {
  const cache = new TextCache<number>(10);
  cache.put(`a${tail}`, 1);
  cache.put(`b${tail}`, 2);
  expect([cache.get(`a${tail}`), cache.get(`b${tail}`), cache.size]).toEqual([undefined, 2, 1]);
});

it.each([1, 2, 3, 10, 1000])('[R88] [R95] holds %i at most, rounded up to an even number', (max) => {
  const cache = new TextCache<number>(max);
  for (let n = 0; n < 5 * max; n++) {
    cache.put(`${n}`.padStart(30, '0'), n);
    expect(cache.size).toBeLessThanOrEqual(max + (max % 2));
  }
});

it('[R88] keeps those that are asked for', () => {
  const cache = new TextCache<number>(10);
  const wanted = 'wanted'.padStart(30);
  cache.put(wanted, 1);
  for (let n = 0; n < 100; n++) {
    expect(cache.get(wanted)).toBe(1);
    cache.put(`${n}`.padStart(30, '0'), n);
  }
  for (let n = 0; n < 10; n++) cache.put(`x${n}`.padStart(30, '0'), n);
  expect(cache.get(wanted)).toBeUndefined();
});

it('forgets what is deleted, young or old', () => {
  const cache = new TextCache<number>(2);
  cache.put('one', 1);
  cache.put('two', 2);
  cache.delete('one');
  cache.delete('two');
  expect([cache.get('one'), cache.get('two'), cache.size]).toEqual([undefined, undefined, 0]);
});

it('holds nothing where nothing may be held', () => {
  const cache = new TextCache<number>(0);
  cache.put('one', 1);
  expect([cache.get('one'), cache.size]).toEqual([undefined, 0]);
});

it('[R95] a text for itself holds nothing of what it was cut out of', () => {
  const before = heapInUse();
  const texts = Array.from({ length: 2000 }, (_, n) => {
    const header = Buffer.alloc(16_000, `${n};`).toString('latin1');
    return [ownText(`${n}`.padEnd(8) + header.slice(100, 135)), ownText(header.slice(5000, 5043))];
  });
  expect(heapInUse() - before).toBeLessThan(8_000_000); // all headers together have 32 MB
  expect(new Set(texts.flat().map(({ length }) => length))).toEqual(new Set([43]));
});
