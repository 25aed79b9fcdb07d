import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manifest, packages, root } from './tree.js';

const place = mkdtempSync(join(tmpdir(), 'latchkey-packed-'));
const env = { ...process.env, FORCE_COLOR: '0' }; // Nx asks its children for colours, which would reach what is read here

function run(file: string, args: string[], cwd = place): string {
  return execFileSync(file, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function unpacked(name: string): string {
  return join(place, 'node_modules/@latchkey', name);
}

function filesOf(name: string): string[] {
  return readdirSync(unpacked(name), { recursive: true, encoding: 'utf8' });
}

beforeAll(() => {
  // Our own packages come from their tarballs, everything else from the workspace's node_modules: nothing is fetched.
  run('npm', ['pack', ...packages.flatMap((name) => ['-w', `packages/${name}`]), '--pack-destination', place], root);
  for (const name of packages) {
    mkdirSync(unpacked(name), { recursive: true });
    const tarball = join(place, `latchkey-${name}-${manifest(`packages/${name}`).version}.tgz`);
    run('tar', ['-xzf', tarball, '-C', unpacked(name), '--strip-components=1']);
  }
  for (const entry of readdirSync(join(root, 'node_modules'))) {
    if (entry === '@latchkey' || entry.startsWith('.')) continue;
    symlinkSync(join(root, 'node_modules', entry), join(place, 'node_modules', entry));
  }
  writeFileSync(join(place, 'package.json'), '{}');
}, 60_000);

afterAll(() => {
  rmSync(place, { recursive: true });
});

it.each(packages)('@latchkey/%s is the same imported and required', (name) => {
  // A class that existed twice would fail instanceof.
  const script = `import('@latchkey/${name}').then((imported) => {
    const required = require('@latchkey/${name}');
    const names = Object.keys(imported).filter((key) => key !== 'module.exports');
    const different = names.filter((key) => imported[key] !== required[key]);
    console.log(JSON.stringify({ names: names.length, different }));
  })`;
  const { names, different } = JSON.parse(run(process.execPath, ['-e', script])) as {
    names: number;
    different: string[];
  };
  expect(different).toEqual([]);
  expect(names).toBeGreaterThan(0);
});

it.each(packages)('@latchkey/%s holds what it should, no test and nothing stale', (name) => {
  const files = filesOf(name);
  expect(files).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'package.json',
      'dist/index.js',
      'dist/index.d.ts',
      'src/index.ts',
    ]),
  );
  expect(files.filter((file) => /\.spec\.|tsbuildinfo|^test(\/|$)/.test(file))).toEqual([]);
  const sourceless = files
    .filter((file) => /^dist\/.*\.js$/.test(file))
    .filter((file) => !files.includes(file.replace(/^dist(\/.*)\.js$/, 'src$1.ts')));
  expect(sourceless).toEqual([]);
});

it.each(packages)('the source maps of @latchkey/%s lead to files in it', (name) => {
  const maps = filesOf(name).filter((file) => file.endsWith('.map'));
  const lost = maps.flatMap((file) => {
    const path = join(unpacked(name), file);
    const { sources } = JSON.parse(readFileSync(path, 'utf8')) as { sources: string[] };
    return sources.map((source) => join(dirname(path), source)).filter((source) => !existsSync(source));
  });
  expect(maps.length).toBeGreaterThan(0);
  expect(lost).toEqual([]);
});
