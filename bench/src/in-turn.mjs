// Times functions of one process in turn, in short slices, so that a machine that slows down slows all of them.

const sliceMs = 20;

/** How often a function runs in a slice: doubled until a slice is long enough to be timed. */
function calibrate(run) {
  for (let count = 1; ; count *= 2) {
    if (time(run, count) > sliceMs) return count;
  }
}

function time(run, count) {
  const start = process.hrtime.bigint();
  for (let n = 0; n < count; n++) run(n);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * @param {Record<string, (n: number) => unknown>} variants
 * @returns {Record<string, number>} microseconds a call, the median of the rounds
 */
export function inTurn(variants, rounds = 25) {
  const counts = Object.fromEntries(Object.entries(variants).map(([name, run]) => [name, calibrate(run)]));
  const times = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(variants))
      times[name].push((time(run, counts[name]) * 1000) / counts[name]);
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

/** Prints each time, and its ratio to one of them. */
export function printRatios(title, times, base) {
  console.log(`\n${title}`);
  const width = Math.max(...Object.keys(times).map((name) => name.length));
  for (const [name, us] of Object.entries(times)) {
    console.log(
      `  ${name.padEnd(width)}  ${us.toFixed(3).padStart(9)} µs  ${(us / times[base]).toFixed(2).padStart(7)} × ${base}`,
    );
  }
}
