// How long it takes to load a library, and how much memory that takes: in a fresh process each time, in turn.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './in-turn.mjs';

const base = 'express-openid-connect';
const modules = {
  express: 'express',
  'express-openid-connect': 'express-openid-connect',
  '@latchkey/express': '../../packages/express/dist/index.js',
  'express, then @latchkey/express': ['express', '../../packages/express/dist/index.js'],
};
const rounds = 15;

const samples = Object.fromEntries(Object.keys(modules).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, paths] of Object.entries(modules)) {
    const out = execFileSync(process.execPath, [
      fileURLToPath(new URL('load-modules.mjs', import.meta.url)),
      ...[paths].flat(),
    ]);
    samples[name].push(JSON.parse(out));
  }
}

console.log(`\nLoading, ratio to ${base}`);
for (const [name, all] of Object.entries(samples)) {
  const [time, heap, resident] = ['ms', 'heap', 'resident'].map((of) => median(all.map((sample) => sample[of])));
  const against = (of) => median(all.map((sample, round) => sample[of] / samples[base][round][of])).toFixed(2);
  console.log(
    `  ${name.padEnd(31)}  ${time.toFixed(0).padStart(4)} ms (${against('ms')})  ` +
      `heap ${mb(heap)} (${against('heap')})  resident ${mb(resident)} (${against('resident')})`,
  );
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
