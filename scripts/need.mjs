// Finds the programs that tests drive, and installs them where it may (root, with apt). Where it may not, the tests
// that need them skip, which is a failure in CI.
import { spawnSync } from 'node:child_process';

// Asked for its version, since a program can be a stub that only tells how to get the real one.
// openssl has a command in place of the flag.
const works = (name) =>
  ['--version', 'version'].some((ask) => spawnSync(name, [ask], { stdio: 'ignore' }).status === 0);

function install(names) {
  if (process.getuid?.() !== 0 || !works('apt-get')) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    });
  console.error(`Installing ${names.join(', ')} ...`);
  if (apt('update').status === 0) apt('install', '-y', '--no-install-recommends', ...names);
}

const missing = process.argv.slice(2).filter((name) => !works(name));
if (missing.length) install(missing);

const still = missing.filter((name) => !works(name));
if (still.length) {
  console.error(`
!! Not found: ${still.join(', ')}. Tests that need them are skipped.
!! On Debian, as root: apt-get install --no-install-recommends ${still.join(' ')}
`);
  if (process.env.CI) process.exit(1);
}
