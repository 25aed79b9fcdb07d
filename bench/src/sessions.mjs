// What a signed-in request costs: each server a process of its own, loaded in turn, against a bare route of the same
// run. `npm run sessions -- Redis` runs the lists whose titles have that word.
import assert from 'node:assert/strict';
import { Browser } from './browser.mjs';
import { user } from './fixtures.mjs';
import { Load } from './load.mjs';
import { withServers } from './processes.mjs';
import { sizeInRedis, withRedis } from './redis.mjs';
import { printSlices, slicesOf, slicesOfStarts } from './slices.mjs';

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
    rows: ['latchkey-cookie', 'by-hand-cookie', 'express-openid-connect'],
  },
  {
    title: 'A signed-in request that asks Redis',
    base: 'bare-redis-get',
    rows: ['latchkey-redis', 'latchkey-cookie-redis'],
  },
];
/** Fewer than for tokens: some of these servers take many times as long. */
const requests = { starts: 5, warmUp: 3000, slice: 200, rounds: 9 };
const wanted = process.argv.slice(2);
const chosen = runs.filter(({ title }) => wanted.every((word) => title.includes(word)));

/** The Cookie headers, by the servers that they are for. */
const cookies = new Map();

await withRedis(async (url) => {
  for (const { title, base, rows } of chosen) {
    const copy = `${base}, again`;
    const names = { [base]: base, [copy]: base, ...Object.fromEntries(rows.map((row) => [row, row])) };
    assert.ok(Object.keys(names).length <= 6, `${title}: expected six servers at most.`);
    const start = () => withServers(names, (servers) => measure(servers, rows));
    printSlices(title, { base, copy }, await slicesOfStarts(requests.starts, start));
  }
  console.log('\nWhat a browser sends with each request, two tokens of 900 characters in the session');
  for (const [name, cookie] of cookies) console.log(`  ${String(cookie.length).padStart(5)} bytes of cookies  ${name}`);
  const { bytes, json } = await sizeInRedis(url);
  const ratio = (bytes / json).toFixed(2);
  console.log(
    `\nA session in Redis: ${bytes.toFixed(0)} bytes with its indexes, ${ratio} × its JSON of ${json.toFixed(0)}`,
  );
});

/** Nobody is timed who does not know who is signed in and who is not. */
async function measure(servers, guarded) {
  const loads = new Map();
  for (const [name, { url }] of servers) {
    const cookie = await signedIn(url, guarded.includes(name));
    if (cookie) cookies.set(name, cookie);
    loads.set(name, await Load.connect(url, '/me', { accept: 'application/json', ...(cookie && { cookie }) }));
  }
  return slicesOf(servers, loads, requests);
}

/** Returns the Cookie header. */
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
