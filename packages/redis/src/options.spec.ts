import { createClient, createCluster } from 'redis';
import { RedisSessionStoreOptions, settingsFrom } from './options.js';

const url = 'redis://:secret-password@127.0.0.1:6379';

it('has defaults', () => {
  expect(settingsFrom({ url })).toEqual({
    ...new RedisSessionStoreOptions(),
    url,
    prefix: 'latchkey:',
    replicas: 0,
    timeout: 2000,
    maxStates: 100_000,
    maxProofs: 100_000,
    maxPerHolder: 10_000,
  });
});

const good: readonly RedisSessionStoreOptions[] = [
  { url, redis: { password: 'secret' } },
  { nodes: [url, 'rediss://127.0.0.1'], redis: {} },
  { redis: { socket: { path: '/run/redis.sock', tls: false } } },
  { client: createClient({ url }) },
  { client: createClient({ url, RESP: 2, keyPrefix: 'app:' }) },
  { client: createCluster({ rootNodes: [{ url }] }) },
  { url, prefix: '', replicas: 2, timeout: 1, clockForTests: { now: () => 0 } },
];

it.each(good.map((options) => [options]))('takes them: %#', (options) => {
  expect(settingsFrom(options)).toMatchObject(options);
});

it.each<[object, string]>([
  [{}, 'one of url, nodes and client'],
  [{ url, nodes: [url] }, 'one of url, nodes and client'],
  [{ url, client: createClient() }, 'one of url, nodes and client'],
  [{ client: createClient(), redis: {} }, 'one of url, nodes and client'],
  [{ client: createClient({ readonly: true }) }, 'what masters have'],
  [{ client: createCluster({ rootNodes: [], useReplicas: true }) }, 'what masters have'],
  [{ client: createClient({ clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: 'LRU' } }) }, 'clientSideCache'],
  [{ url, redis: { readonly: true } }, 'what masters have'],
  [{ client: {} }, 'RedisSessionStore.client'],
  [{ url: 'http://:secret-password@127.0.0.1' }, 'RedisSessionStore.url'],
  [{ url: ':secret-password@127.0.0.1' }, 'RedisSessionStore.url'],
  [{ nodes: [] }, 'RedisSessionStore.nodes'],
  [{ nodes: ['secret-password'] }, 'RedisSessionStore.nodes'],
  [{ redis: 'secret-password' }, 'RedisSessionStore.redis'],
  [{ url, prefix: 'a{b}' }, 'RedisSessionStore.prefix'],
  [{ url, prefix: 5 }, 'RedisSessionStore.prefix'],
  [{ url, replicas: -1 }, 'RedisSessionStore.replicas'],
  [{ url, timeout: 0 }, 'RedisSessionStore.timeout'],
  [{ url, maxStates: 1.5 }, 'RedisSessionStore.maxStates'],
  [{ url, clockForTests: {} }, 'RedisSessionStore.clockForTests'],
  [{ url, ttl: 5 }, 'RedisSessionStore.ttl'],
])('[R96] refuses %#, names what is wrong, and shows no password', (options, text) => {
  let thrown: unknown;
  try {
    settingsFrom(options);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'invalid_option', message: expect.stringContaining(text) as string });
  expect((thrown as Error).message).not.toContain('secret-password');
});
