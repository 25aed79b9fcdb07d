// What a signed-in request costs: each server a process of its own, loaded in turn, against a bare route of the same run.
import assert from 'node:assert/strict';
import { Browser } from './browser.mjs';
import { user } from './fixtures.mjs';
import { median } from './in-turn.mjs';
import { Load } from './load.mjs';
import { pinned, withServers } from './processes.mjs';

/** A row is a file in servers/. With the base and its copy, a run has six at most: more have been seen to flatter. */
const runs = [
  {
    title: 'A signed-in request, the session in memory',
    base: 'bare',
    rows: ['latchkey-memory', 'express-openid-connect-memory', 'express-session', 'passport-openidconnect'],
  },
  {
    title: 'A signed-in request, the session in a cookie',
    base: 'bare',
    rows: ['by-hand-cookie', 'express-openid-connect'],
  },
];
const rounds = 25;
const sliceMs = 400;
const warmUpMs = 3000;

for (const { title, base, rows } of runs) {
  const copy = `${base}, again`;
  const names = { [base]: base, [copy]: base, ...Object.fromEntries(rows.map((row) => [row, row])) };
  assert.ok(Object.keys(names).length <= 6, `${title}: expected six servers at most.`);
  const slices = await withServers(names, (servers) => measure(servers, rows));
  print(title, base, copy, slices);
}

/** Slices of load, one server after the other, again and again, when all are warm. */
async function measure(servers, guarded) {
  const loads = new Map();
  const slices = new Map();
  for (const [name, { url }] of servers) {
    const cookie = await signedIn(url, guarded.includes(name));
    loads.set(name, await Load.connect(url, '/me', { accept: 'application/json', ...(cookie && { cookie }) }));
    slices.set(name, []);
  }
  for (const load of loads.values()) await load.run(warmUpMs);
  for (let round = 0; round < rounds; round++) {
    for (const [name, load] of loads) {
      const before = await servers.get(name).cpu();
      const { requests, ms } = await load.run(sliceMs);
      const cpu = (await servers.get(name).cpu()) - before;
      slices.get(name).push({ perMs: requests / ms, cpu: cpu / requests });
    }
  }
  for (const load of loads.values()) load.close();
  return slices;
}

/** Nothing is timed that does not tell who is signed in and who is not. Returns the Cookie header. */
async function signedIn(url, isGuarded) {
  const browser = new Browser();
  if (isGuarded) {
    const { status } = await browser.fetch(`${url}/me`, 'application/json');
    assert.equal(status, 401, `${url} lets anybody in.`);
    await browser.signIn(url);
  }
  const page = await browser.fetch(`${url}/me`, 'application/json');
  assert.equal(page.status, 200);
  assert.deepEqual(JSON.parse(page.text), user);
  return browser.cookie;
}

/** By throughput, and by the CPU time of the server, which tells more where the machine has other things to do. */
function print(title, base, copy, slices) {
  const bare = slices.get(base);
  const width = Math.max(...[...slices.keys()].map((name) => name.length));
  console.log(`\n${title}, ratio to ${base}${pinned ? '' : ' (nothing is pinned to a core here)'}`);
  console.log(`  ${''.padEnd(width)}  throughput   CPU  CPU added`);
  for (const [name, row] of slices) {
    const throughput = median(row.map(({ perMs }, round) => perMs / bare[round].perMs));
    const cpu = median(row.map((slice, round) => bare[round].cpu / slice.cpu));
    const added = median(row.map((slice, round) => slice.cpu - bare[round].cpu));
    const strays = name === copy && [throughput, cpu].some((ratio) => Math.abs(ratio - 1) > 0.05);
    console.log(
      `  ${name.padEnd(width)}  ${throughput.toFixed(2).padStart(10)}  ${cpu.toFixed(2)}  ${added.toFixed(0).padStart(6)} µs` +
        (strays ? '  strays: differences of this size mean nothing in this run' : ''),
    );
  }
}
