import { ExpiringMap } from './expiring-map.js';

it('finds an entry up to its end and not after it', () => {
  const map = new ExpiringMap<string>(10);
  expect(map.put('a', 'A', 100, 0)).toBe(true);
  expect([map.get('a', 0), map.get('a', 100), map.get('a', 101), map.get('b', 0)]).toEqual([
    'A',
    'A',
    undefined,
    undefined,
  ]);
});

it('takes no new key when full, and replaces one that is there', () => {
  const map = new ExpiringMap<number>(2);
  map.put('a', 1, 100, 0);
  map.put('b', 2, 100, 0);
  expect(map.isFull(0)).toBe(true);
  expect(map.put('c', 3, 100, 0)).toBe(false);
  expect(map.put('a', 4, 100, 0)).toBe(true);
  expect([map.get('a', 0), map.size]).toEqual([4, 2]);
});

it('removes first what was put the longest ago', () => {
  const map = new ExpiringMap<string>(10);
  for (const key of ['a', 'b', 'c', 'a']) map.put(key, key, 100, 0);
  expect([map.removeOldest(), map.removeOldest(), map.removeOldest(), map.removeOldest()]).toEqual([
    'b',
    'c',
    'a',
    undefined,
  ]);
});

it('collects what has expired, at any distance in time, and tells of it once', () => {
  const gone: string[] = [];
  const map = new ExpiringMap<string>(3, (value) => gone.push(value));
  map.put('soon', 'soon', 5, 0);
  map.put('later', 'later', 50_000, 0);
  map.put('moved', 'moved', 5, 0);
  map.put('moved', 'moved again', 60_000, 1);
  expect(map.isFull(20_000)).toBe(false);
  expect(gone).toEqual(['soon']);
  map.put('new', 'new', 90_000, 20_000);
  expect(map.isFull(1e12)).toBe(false);
  expect(gone).toEqual(['soon', 'later', 'moved again', 'new']);
  expect(map.size).toBe(0);
});

it('tells of an expired entry that a new one takes the place of, not of one that lives', () => {
  const gone: string[] = [];
  const map = new ExpiringMap<string>(3, (value) => gone.push(value));
  map.put('a', 'first', 100, 0);
  map.put('a', 'second', 100, 50);
  map.put('a', 'third', 300, 200);
  expect(gone).toEqual(['second']);
  map.remove('a');
  map.remove('a');
  expect(gone).toEqual(['second', 'third']);
});

it('survives a clock that is set back', () => {
  const map = new ExpiringMap<string>(1);
  map.put('a', 'A', 1_000_100, 1_000_000);
  map.remove('a');
  map.put('b', 'B', 100, 0);
  expect(map.isFull(0)).toBe(true);
  expect(map.isFull(20_000)).toBe(false);
});

it('grows with what it holds, not with how often that was renewed', () => {
  const map = new ExpiringMap<number>(100);
  for (let n = 0; n < 1000; n++) map.put(`key ${n % 10}`, n, n * 1000, 0);
  expect(map.size).toBe(10);
  for (let n = 0; n < 10; n++) map.remove(`key ${n}`);
  expect([map.size, map.removeOldest()]).toEqual([0, undefined]);
});
