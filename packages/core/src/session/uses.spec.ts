import { Uses } from './uses.js';

const times = { until: 100, now: 0 };

it('knows a use until its end', () => {
  const uses = new Uses(10, { perHolder: 10, givesWay: false });
  expect(uses.has('a', 0)).toBe(false);
  expect(uses.add('a', undefined, times)).toBe(true);
  expect([uses.has('a', 0), uses.has('a', 100), uses.has('a', 101)]).toEqual([true, true, false]);
});

it.each([true, false])('[RULE 2.4] when full, gives way to newer ones: %s', (givesWay) => {
  const uses = new Uses(1, { perHolder: 10, givesWay });
  uses.add('a', undefined, times);
  expect(uses.isFull(0)).toBe(!givesWay);
  expect(uses.add('b', undefined, times)).toBe(givesWay);
  expect([uses.has('a', 0), uses.has('b', 0)]).toEqual([!givesWay, givesWay]);
});

it('counts for each holder what lives, and a refused one displaces nothing', () => {
  const uses = new Uses(2, { perHolder: 1, givesWay: true });
  expect(uses.add('a', 'alice', times)).toBe(true);
  expect(uses.add('b', 'bob', times)).toBe(true);
  expect(uses.add('c', 'alice', times)).toBe(false);
  expect([uses.has('a', 0), uses.has('b', 0)]).toEqual([true, true]);
  expect(uses.add('c', 'alice', { until: 50_000, now: 20_000 })).toBe(true);
  expect(uses.add('d', 'alice', { until: 50_000, now: 20_000 })).toBe(false);
});
