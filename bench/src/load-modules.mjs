// Loads the modules it is given, and prints what that took.
import { performance } from 'node:perf_hooks';

const before = process.memoryUsage();
const start = performance.now();
for (const name of process.argv.slice(2)) await import(name);
const ms = performance.now() - start;
const after = process.memoryUsage();
const [heap, resident] = [after.heapUsed - before.heapUsed, after.rss - before.rss];
console.log(JSON.stringify({ ms, heap, resident }));
