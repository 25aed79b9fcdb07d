import { read, written } from './tree.js';

// Put together, so that this file does not find itself.
const marker = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME'].join('|')})\\b`);
const silenced = new RegExp('eslint-' + 'disable');
const reasoned = new RegExp('eslint-' + 'disable(-next-line|-line)? [@\\w/-]+(, [@\\w/-]+)* -- \\S');

/** The lines of a text that leave something undone, or silence lint without naming the rule and a reason. */
function unfinished(text: string): string[] {
  return text.split('\n').filter((line) => marker.test(line) || (silenced.test(line) && !reasoned.test(line)));
}

const texts = written().filter((path) => /\.(ts|mts|cts|js|mjs|cjs|json|md|ya?ml|html|css|sh)$|^\.ci\//.test(path));

it('reads every kind of file', () => {
  expect(texts).toEqual(expect.arrayContaining(['package.json', '.ci/run', 'scripts/need.mjs', 'checks/src/tree.ts']));
});

it('leaves nothing unfinished, and silences no rule without a reason', () => {
  const found = texts
    .filter((path) => path !== 'package-lock.json')
    .flatMap((path) => unfinished(read(path)).map((line) => `${path}: ${line.trim()}`));
  expect(found).toEqual([]);
});

it('records no download address in the lock', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "\w+:/);
});

it.each([
  ['// TO' + 'DO: later', 1],
  ['FIX' + 'ME', 1],
  ['// eslint-' + 'disable-next-line max-params', 1],
  ['/* eslint-' + 'disable */', 1],
  ['// eslint-' + 'disable-line -- because', 1],
  ['// eslint-' + 'disable-next-line max-params, @typescript-eslint/no-explicit-any -- the framework calls it so', 0],
  ['a toDoList of no concern', 0],
])('finds in %j: %d', (text, count) => {
  expect(unfinished(text)).toHaveLength(count);
});
