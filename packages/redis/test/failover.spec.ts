import { client, minute, recordAt } from '../../core/src/session/contract.js';
import { describeWithRedis, startCluster, startClusterReplica, type RedisServer } from './redis-server.js';
import { Stores } from './stores.js';

const life = minute;

describeWithRedis('[RULE 2.7] a cluster whose servers have a replica', () => {
  const stores = new Stores();
  const servers: RedisServer[] = [];
  afterAll(async () => {
    await stores.close();
    await Promise.all(servers.map((server) => server.remove()));
  });

  it('a replica that takes over knows every logout that was answered, and no session is lost', async () => {
    const [master] = await startCluster(1);
    if (!master) throw new Error('unreachable');
    servers.push(master, await startClusterReplica(master));
    const [, replica] = servers;
    const store = stores.open({ nodes: servers.map(({ url }) => url), replicas: 1, timeout: 500 });
    const now = await store.now();
    const [ended, kept] = [recordAt(now, { sid: '1' }), recordAt(now, { sid: '2' })];
    for (const record of [ended, kept]) expect(await store.create(record)).toBe(true);
    expect((await store.end({ client, sid: '1' }, { life })).sessions).toEqual([ended]);
    expect(await store.ready()).toEqual([]);
    await master.kill();
    await replica?.command(['CLUSTER', 'FAILOVER', 'TAKEOVER']);
    const read = async (): Promise<unknown> => store.read(client, kept.id).catch(() => undefined);
    for (const begun = performance.now(); performance.now() < begun + 10_000 && !(await read());)
      await new Promise((resolve) => setImmediate(resolve));
    expect(await read()).toEqual(kept);
    expect(await store.read(client, ended.id)).toBeUndefined();
    expect(await store.create(recordAt(now, { sid: '1' }))).toBe(false);
    // The only replica is the master now.
    await expect(store.end({ client, sid: '2' }, { life })).rejects.toMatchObject({ code: 'store_unavailable' });
  }, 120_000);
});
