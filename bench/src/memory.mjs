// The heap that an idle session takes in the memory store, beside the length of its JSON. Needs --expose-gc.
import { MemoryStore } from '../../packages/core/dist/index.js';
import { recordOf } from './fixtures.mjs';

const sessions = 20_000;
const store = new MemoryStore();

let json = 0;
const before = heap();
for (let n = 0; n < sessions; n++) {
  const record = recordOf(n);
  json += JSON.stringify(record).length;
  if (!(await store.create(record))) throw new Error('The store refuses a session.');
}
const [taken, length] = [(heap() - before) / sessions, json / sessions];
await store.ready(); // it must live until here
console.log(`\nAn idle session in the memory store: ${(taken / length).toFixed(2)} × its JSON`);
console.log(`  heap ${taken.toFixed(0)} bytes, JSON ${length.toFixed(0)} characters`);

function heap() {
  for (let n = 0; n < 3; n++) globalThis.gc();
  return process.memoryUsage().heapUsed;
}
