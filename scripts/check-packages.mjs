// What npm would publish: the right files, and types that resolve. Wants a build first.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const run = (...command) => execFileSync('npx', ['--no-install', ...command], { stdio: 'inherit' });

for (const name of readdirSync('packages')) {
  run('publint', '--strict', `packages/${name}`);
  // ES modules only: `require` of them works on every Node that the packages allow.
  run('attw', '--pack', `packages/${name}`, '--profile', 'esm-only');
}
