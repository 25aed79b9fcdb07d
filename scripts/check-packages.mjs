// What npm would publish: the right files, and types that resolve. Wants a build first.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

function passes(...command) {
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', ...command], { encoding: 'utf8' });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${command.join(' ')}`);
  if (status !== 0) console.log(stdout, stderr);
  return status === 0;
}

const results = readdirSync('packages').flatMap((name) => [
  passes('publint', '--strict', `packages/${name}`),
  // ES modules only: `require` of them works on every Node that the packages allow, which attw's other profiles deny.
  passes('attw', '--pack', `packages/${name}`, '--profile', 'esm-only'),
]);
if (results.includes(false)) process.exit(1);
