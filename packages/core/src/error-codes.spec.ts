import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from './error-codes.js';

const all = Object.values(errorCodes).flat();

it('no code stands for two things', () => {
  expect(new Set(all).size).toBe(all.length);
});

it('each is in snake case, so that it reads the same in JSON, in logs and in a query', () => {
  for (const code of all) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
});

it('each is explained, in the order of the list, and none that does not exist', () => {
  const text = readFileSync(join(__dirname, 'error-codes.ts'), 'utf8');
  const explained = [...text.matchAll(/^ \* - `([a-z_]+)`: /gm)].map(([, code]) => code);
  expect(explained).toEqual(all);
});
