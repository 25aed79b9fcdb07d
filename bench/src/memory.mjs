// The heap that an idle session takes in the memory store, beside the length of its JSON. Needs --expose-gc.
import { randomBytes } from 'node:crypto';
import { MemoryStore } from '../../packages/core/dist/index.js';
import { textOf, user } from './fixtures.mjs';

const sessions = 20_000;
const client = { issuer: 'https://op.example', clientId: 'bench' };
const store = new MemoryStore();

/** A session as core keeps one: two tokens of 900 characters, sealed, and a user of its own. */
function recordOf(n) {
  const now = Date.now();
  const times = {
    createdAt: now,
    iat: Math.floor(now / 1000),
    startedAt: now,
    usedAt: now,
    expiresAt: now + 86_400_000,
  };
  return {
    id: randomBytes(16).toString('base64url'),
    client,
    sub: `${user.sub}-${n}`,
    sid: randomBytes(16).toString('base64url'),
    ...times,
    version: 1,
    user: { ...user, sub: `${user.sub}-${n}` },
    tokens: textOf(2500),
  };
}

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
