import { hashOf } from '../crypto.js';
import { endedNames, IntrospectionCache, isEnded } from './introspection-cache.js';

let cache: IntrospectionCache<{ sid?: unknown; sub?: unknown; n: number }>;

beforeEach(() => {
  cache = new IntrospectionCache(3);
  cache.put('a', { sid: 's1', sub: 'ada', n: 1 }, 1000, 0);
  cache.put('b', { sid: 's2', sub: 'ada', n: 2 }, 1000, 0);
  cache.put('c', { sub: 'grace', n: 3 }, 1000, 0);
});

function kept(): string[] {
  return ['a', 'b', 'c', 'd'].filter((key) => cache.get(key, 0));
}

describe('IntrospectionCache [RULE 6.3] [R88]', () => {
  it('keeps answers until their end', () => {
    expect(cache.get('a', 1000)?.n).toBe(1);
    expect(cache.get('a', 1001)).toBeUndefined();
  });

  it('is bounded: the oldest gives way', () => {
    cache.put('d', { n: 4 }, 1000, 0);
    expect(kept()).toEqual(['b', 'c', 'd']);
  });

  it.each([
    ['a sid', { sid: hashOf('s1') }, ['b', 'c']],
    ['a sub', { sub: hashOf('ada') }, ['c']],
    ['a sid and a sub: either', { sid: hashOf('s9'), sub: hashOf('grace') }, ['a', 'b']],
    ['nobody here', { sid: hashOf('ada'), sub: hashOf('s1') }, ['a', 'b', 'c']],
    ['nobody at all', {}, ['a', 'b', 'c']],
  ])('drops what a logout of %s names', (_name, ended, left) => {
    cache.drop(ended);
    expect(kept()).toEqual(left);
  });

  it('knows the owner of an answer that replaced another', () => {
    cache.put('a', { sid: 's9', sub: 'grace', n: 5 }, 1000, 0);
    cache.drop({ sub: hashOf('ada') });
    expect(kept()).toEqual(['a', 'c']);
    cache.drop({ sid: hashOf('s9') });
    expect(kept()).toEqual(['c']);
  });

  it('keeps what has no owner out of reach of every logout', () => {
    cache.put('c', { sid: 7, n: 6 }, 1000, 0);
    cache.drop({ sub: hashOf('grace'), sid: hashOf('7') });
    expect(kept()).toEqual(['a', 'b', 'c']);
  });
});

it('tells sids and subs apart', () => {
  const ended = new Set(endedNames({ sid: hashOf('x') }));
  expect(isEnded({ sid: 'x' }, ended)).toBe(true);
  expect(isEnded({ sub: 'x' }, ended)).toBe(false);
  expect(isEnded({}, ended)).toBe(false);
});
