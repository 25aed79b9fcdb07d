// What it costs to guard a route by access tokens: each server a process of its own, loaded in turn, against a bare route
// of the same run, which gets the same requests. `npm run api -- RS256 never` runs the lists whose titles have these words.
import assert from 'node:assert/strict';
import { user } from './fixtures.mjs';
import { Load, requestFor } from './load.mjs';
import { withServers } from './processes.mjs';
import { proveRefusals } from './refusals.mjs';
import { printSlices, requests as plan, requestsInAll, slicesOf, slicesOfStarts } from './slices.mjs';
import { TokenOp } from './token-op.mjs';

/** A row is a file in servers/. With the base and its copy, a list has six at most: more have been seen to flatter. */
const lists = [
  {
    route: 'A guarded route',
    base: 'bare',
    rows: ['api/latchkey', 'api/fast-jwt-cache', 'api/fast-jwt', 'api/jose'],
  },
  {
    route: 'A guarded route',
    base: 'bare',
    rows: ['api/latchkey', 'api/by-hand', 'api/express-oauth2-jwt-bearer', 'api/passport-jwt'],
  },
  {
    route: 'A guarded route in Nest',
    base: 'nest/bare',
    rows: ['nest/latchkey', 'nest/passport-jwt'],
  },
];
/** How many tokens come in turn. The last are as many as a server gets requests: it has seen none of them before. */
const loads = { 'one token': 1, '1,000 tokens': 1000, 'tokens never seen': requestsInAll };
const words = process.argv.slice(2);

for (const alg of ['RS256', 'ES256']) {
  const wanted = lists.flatMap((list) =>
    Object.entries(loads)
      .map(([load, count]) => ({ ...list, count, title: `${list.route}, ${alg}, ${load}` }))
      .filter(({ title }) => words.every((word) => title.includes(word))),
  );
  if (wanted.length) await runAll(alg, wanted);
}

async function runAll(alg, wanted) {
  const [op, foreign] = [await TokenOp.start(alg), await TokenOp.start(alg)];
  // The whole run fails at once where a server is missing or takes what it must refuse; each list proves its own again.
  for (const row of new Set(wanted.flatMap(({ rows }) => rows)))
    await withServers({ [row]: row }, (servers) => prove(servers, [row], { op, foreign }), op.issuer);
  const requests = requestsOf(op, Math.max(...wanted.map(({ count }) => count)));
  for (const { title, base, rows, count } of wanted) {
    const copy = `${base}, again`;
    const names = { [base]: base, [copy]: base, ...Object.fromEntries(rows.map((row) => [row, row])) };
    assert.ok(Object.keys(names).length <= 6, `${title}: expected six servers at most.`);
    const measure = async (servers) => {
      await prove(servers, rows, { op, foreign });
      return slicesOf(servers, await loadsOf(servers, requests.slice(0, count)));
    };
    const start = () => withServers(names, measure, op.issuer);
    printSlices(title, { base, copy }, await slicesOfStarts(plan.starts, start));
  }
  await Promise.all([op.stop(), foreign.stop()]);
}

async function prove(servers, guarded, ops) {
  for (const name of guarded) await proveRefusals(name, servers.get(name).url, ops);
}

/** Signed before anything is timed, and kept as what goes over the wire: some 1.1 KB each. */
function requestsOf(op, count) {
  return Array.from({ length: count }, (_, n) => {
    const sub = String(Number(user.sub) + n);
    const authorization = `Bearer ${op.mint(sub)}`;
    return requestFor('/me', { host: 'api.example', accept: 'application/json', authorization });
  });
}

async function loadsOf(servers, requests) {
  const pairs = [...servers].map(async ([name, { url }]) => [name, await Load.inTurn(url, requests)]);
  return new Map(await Promise.all(pairs));
}
