// Servers under load in turn, in slices of as many requests each, and what each of them costs beside the first.
import { median } from './in-turn.mjs';
import { pinned } from './processes.mjs';

/** How often all servers are started, and how many requests each then gets before it is timed, in a slice, and how many slices. */
export const requests = { starts: 3, warmUp: 4_000, slice: 400, rounds: 11 };
/** In one start. */
export const requestsInAll = requests.warmUp + requests.rounds * requests.slice;

/**
 * One server after the other, again and again, when all are warm. The order is another each time: what a process has left
 * to do, its collector above all, is at the cost of the next one on its core.
 */
export async function slicesOf(servers, loads, { warmUp, slice, rounds } = requests) {
  const slices = new Map([...loads.keys()].map((name) => [name, []]));
  for (const load of loads.values()) await load.send(warmUp);
  for (let round = 0; round < rounds; round++) {
    for (const [name, load] of shuffled([...loads])) {
      const before = await servers.get(name).cpu();
      const { requests: answered, ms } = await load.send(slice);
      const cpu = (await servers.get(name).cpu()) - before;
      slices.get(name).push({ perMs: answered / ms, cpu: cpu / answered });
    }
  }
  for (const load of loads.values()) load.close();
  return slices;
}

/** The same in another order. */
export function shuffled(values) {
  const keyed = values.map((value) => ({ value, key: Math.random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}

/**
 * The slices of several starts, in their order: a process stays a little faster or slower than its like for as long as it
 * lives, by what it was compiled to and where that came to lie.
 */
export async function slicesOfStarts(starts, run) {
  const all = new Map();
  for (let n = 0; n < starts; n++) {
    for (const [name, slices] of await run()) all.set(name, [...(all.get(name) ?? []), ...slices]);
  }
  return all;
}

/** By throughput, and by the CPU time of the server, which tells more where the machine has other things to do. */
export function printSlices(title, { base, copy }, slices) {
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
