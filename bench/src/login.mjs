// What a login costs the program that asks for it: the CPU time from the first redirect to the answer of the callback.
import { Browser } from './browser.mjs';
import { median } from './in-turn.mjs';
import { pinned, withServers } from './processes.mjs';
import { shuffled, slicesOfStarts } from './slices.mjs';

const base = 'express-openid-connect-memory';
const rows = ['latchkey-memory', base, 'passport-openidconnect'];
const starts = 5;
const rounds = 9;
const loginsInSlice = 20;
const warmUp = 200;

const names = Object.fromEntries(rows.map((row) => [row, row]));
const slices = await slicesOfStarts(starts, () => withServers(names, measure));

/** Sequential logins, a slice at one server after the other, each with a browser of its own. */
async function measure(servers) {
  const times = new Map(rows.map((row) => [row, []]));
  for (const { url } of servers.values()) await signIn(url, warmUp);
  for (let round = 0; round < rounds; round++) {
    for (const [name, server] of shuffled([...servers])) {
      const before = await server.cpu();
      await signIn(server.url, loginsInSlice);
      times.get(name).push(((await server.cpu()) - before) / loginsInSlice);
    }
  }
  return times;
}

async function signIn(url, times) {
  let browser;
  for (let n = 0; n < times; n++) {
    browser = new Browser();
    await browser.signIn(url);
  }
  const { status } = await browser.fetch(`${url}/me`, 'application/json');
  if (status !== 200) throw new Error(`${url} signed nobody in.`);
}

const width = Math.max(...rows.map((name) => name.length));
console.log(`\nA login, CPU of the relying party${pinned ? '' : ' (nothing is pinned to a core here)'}`);
for (const [name, times] of slices) {
  const ratio = median(times.map((time, round) => time / slices.get(base)[round]));
  console.log(`  ${name.padEnd(width)}  ${median(times).toFixed(0).padStart(5)} µs  ${ratio.toFixed(2)} × ${base}`);
}
