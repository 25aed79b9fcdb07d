import { randomUUID } from 'node:crypto';
import { carrierCasts, CarrierWorlds } from '../../core/test/carrier-world.js';
import { runClock } from '../../core/test/interleavings.js';
import { casts, StoreWorlds } from '../../core/test/store-world.js';
import { RedisSessionStore } from '../src/redis-store.js';
import { describeWithRedis, startCluster, startRedis, type RedisServer } from './redis-server.js';
import { longTest } from './stores.js';

const pairs = casts['any two of them'];
const { 'any two of them': _pairs, ...moreCarried } = carrierCasts;

describeWithRedis.each([
  ['one server', 1, StoreWorlds, casts],
  ['sealed cookies on one server', 1, CarrierWorlds, moreCarried],
  // All keys of a client lie on one server, and the scripts are the same: the way there is what differs.
  ['a cluster of three', 3, StoreWorlds, { 'any two of them': pairs }],
] as const)('[R61] [R62] [R67] a store in Redis, %s', (what, size, Worlds, table) => {
  let servers: readonly RedisServer[];
  let store: RedisSessionStore;
  let worlds: StoreWorlds | CarrierWorlds;
  beforeAll(async () => {
    servers = size === 1 ? [await startRedis()] : await startCluster(size);
    const nodes = servers.map(({ url }) => url);
    const place = size === 1 ? { url: nodes[0]! } : { nodes };
    store = new RedisSessionStore({ ...place, prefix: `${randomUUID()}:`, clockForTests: runClock, timeout: 30_000 });
    worlds = new Worlds(store);
  }, 120_000);
  afterAll(async () => {
    worlds.close();
    await store.close();
    await Promise.all(servers.map((server) => server.remove()));
  });

  it.each(Object.entries(table))(
    'in every order of %s',
    async (cast, chosen) => {
      let orders = 0;
      for (const one of chosen ?? []) orders += await worlds.drive(one);
      console.info(`Redis, ${what}, ${cast}: ${orders} orders.`);
      expect(orders).toBeGreaterThan(chosen?.length ?? 0);
    },
    longTest,
  );
});
