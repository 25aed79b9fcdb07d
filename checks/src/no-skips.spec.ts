import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './tree.js';

const place = mkdtempSync(join(tmpdir(), 'latchkey-skips-'));

afterAll(() => {
  rmSync(place, { recursive: true });
});

/** Runs one test file under our reporter, and tells Jest's exit code. */
function exitCode(text: string, ci: boolean): number | null {
  writeFileSync(join(place, 'a.test.js'), text);
  const config = { rootDir: place, reporters: [join(root, 'scripts/no-skips.mjs')], transform: {} };
  const { CI: _, ...env } = process.env;
  const args = [join(root, 'node_modules/jest/bin/jest.js'), '--config', JSON.stringify(config)];
  return spawnSync(process.execPath, args, { cwd: place, env: ci ? { ...env, CI: '1' } : env }).status;
}

it.each([
  ["it('runs', () => {});", true, 0],
  ["it('runs', () => {}); it.skip('is skipped', () => {});", true, 1],
  ["it('runs', () => {}); it.todo('is not written');", true, 1],
  ["it.only('runs', () => {}); it('is left out', () => {});", true, 1],
  ["it('runs', () => {}); it.skip('is skipped', () => {});", false, 0],
])(
  '%s in CI (%s) ends with %d',
  (text, ci, code) => {
    expect(exitCode(text, ci)).toBe(code);
  },
  60_000,
);
