// A Redis of the bench's own on loopback, which writes nothing to disk.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createClient } from 'redis';
import { RedisSessionStore } from '../../packages/redis/dist/index.js';
import { recordOf } from './fixtures.mjs';
import { on } from './processes.mjs';

/** Starts one, hands its URL to `work`, and ends it. The servers that are started meanwhile find it by REDIS_URL. */
export async function withRedis(work) {
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const [command, ...args] = on('load', ['redis-server', ...settings, '--maxmemory-policy', 'noeviction']);
  const server = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  try {
    await ready(server);
    process.env.REDIS_URL = `redis://127.0.0.1:${port}`;
    return await work(process.env.REDIS_URL);
  } finally {
    server.kill();
    await ended;
  }
}

async function ready(server) {
  let said = '';
  for await (const text of server.stdout) if (/ready to accept connections/i.test((said += text))) return;
  throw new Error(`redis-server ended: ${said}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** What sessions take in Redis, with all that names them: bytes for each, beside the length of its JSON. */
export async function sizeInRedis(url, sessions = 5000) {
  const client = await createClient({ url }).connect();
  const store = new RedisSessionStore({ url, prefix: 'size:' });
  const used = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))[1]);
  await store.create(recordOf('first'));
  const before = await used();
  let json = 0;
  for (let n = 0; n < sessions; n++) {
    const record = recordOf(n);
    json += JSON.stringify(record).length;
    if (!(await store.create(record))) throw new Error('The store refuses a session.');
  }
  const bytes = ((await used()) - before) / sessions;
  await store.close();
  client.destroy();
  return { bytes, json: json / sessions };
}
