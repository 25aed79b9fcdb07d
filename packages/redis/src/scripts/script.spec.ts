import { createHash } from 'node:crypto';
import * as others from './others.js';
import { script } from './script.js';
import * as sessions from './sessions.js';

const all = { ...sessions, ...others };

it('is named by what Redis hashes', () => {
  for (const { text, sha } of Object.values(all)) expect(sha).toBe(createHash('sha1').update(text).digest('hex'));
});

it('[RULE 2.4] only what replaces runs in a Redis that is full', () => {
  const through = Object.entries(all).filter(([, { text }]) => text.startsWith('#!lua flags=allow-oom\n'));
  expect(through.map(([name]) => name).sort()).toEqual(['touch', 'update']);
  expect(script('return 1').text.startsWith('#!')).toBe(false);
});

it('[RULE 1.1] takes no value but through ARGV', () => {
  for (const { text } of Object.values(all)) expect(text).not.toMatch(/\$\{|undefined/);
});
