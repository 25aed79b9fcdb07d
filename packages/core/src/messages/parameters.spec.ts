import { mergeInto, namesIn, readForm, readText, splitUrl } from './parameters.js';

describe('readText', () => {
  it.each<[string, [string, string | string[]][]]>([
    ['', []],
    ['&&', []],
    [
      'a=1&b=%C3%A4+c',
      [
        ['a', '1'],
        ['b', 'ä c'],
      ],
    ],
    ['a=b=c', [['a', 'b=c']]],
    ['?a=1', [['?a', '1']]],
    ['a=&b', []],
    ['a=%zz%ff', [['a', '%zz\ufffd']]],
    ['resource=1', [['resource', '1']]],
    ['resource=1&resource=2&resource=3', [['resource', ['1', '2', '3']]]],
    ['resource=&resource=2', [['resource', '2']]],
  ])('reads %p', (text, parameters) => {
    expect([...readText(text, 'X')]).toEqual(parameters);
  });

  it('counts bytes, not characters', () => {
    expect(() => readText(`a=${'ä'.repeat(32_768)}`, 'X')).toThrow('X: expected at most 65536 bytes.');
    expect(readText(`a=${'ä'.repeat(32_767)}`, 'X').size).toBe(1);
  });
});

describe('readForm', () => {
  it('reads URLSearchParams under the same limits', () => {
    const many = new URLSearchParams(Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`p${n}`, '1'])));
    expect(() => readForm(many, 'X')).toThrow('X: expected at most 100 parameters.');
    expect(readForm(new URLSearchParams('a=1'), 'X').get('a')).toBe('1');
  });

  it('shows a repeated name within bounds', () => {
    expect(() => readForm({ ['n'.repeat(200)]: ['1', '2'] }, 'X')).toThrow(
      /^X: expected every parameter once, came "n{78}… twice\.$/,
    );
  });
});

it('namesIn reads a text that may be anything', () => {
  expect(namesIn('', 'X')).toEqual([]);
  expect(namesIn('a=1&a=2&b', 'X')).toEqual(['a', 'a', 'b']);
});

it.each([
  ['https://a/b?c=d#e=f', 'https://a/b', 'c=d', 'e=f'],
  ['https://a/b#e?f', 'https://a/b', '', 'e?f'],
  ['https://a/b?c?d', 'https://a/b', 'c?d', ''],
  ['?c', '', 'c', ''],
  ['', '', '', ''],
])('splitUrl cuts %p', (url, head, query, fragment) => {
  expect(splitUrl(url)).toEqual({ head, query, fragment });
});

it.each([
  ['', 'a=1', 'a=1'],
  ['b=%20&c', 'a=1', 'b=%20&c&a=1'],
  ['a=0&b&a=2', 'a=1', 'b&a=1'],
  ['b&&', '', 'b'],
  ['=x', 'a=1', '=x&a=1'],
])('mergeInto %p adds %p', (query, ours, merged) => {
  expect(mergeInto(query, new URLSearchParams(ours))).toBe(merged);
});
