import { randomUUID } from 'node:crypto';
import { createCluster } from 'redis';
import type { LogoutNotice } from '@latchkey/core';
import { client, hostile, idsOf, minute, recordAt } from '../../core/src/session/contract.js';
import type { RedisSessionStore } from '../src/redis-store.js';
import { describeWithRedis, startCluster, startClusterNode, type RedisServer } from './redis-server.js';
import { contracts, isLong, longTest, Stores } from './stores.js';

const life = minute;

describeWithRedis('a cluster of three', () => {
  let servers: readonly RedisServer[];
  let prefix: string;
  const stores = new Stores();
  const open = (options: object = {}): RedisSessionStore =>
    stores.open({ nodes: servers.map(({ url }) => url), prefix, ...options });

  beforeAll(async () => (servers = await startCluster(3)), 120_000);
  afterAll(() => Promise.all(servers.map((server) => server.remove())));
  beforeEach(() => void (prefix = `${randomUUID()}:`));
  afterEach(() => stores.close());

  describe('the contracts', () => {
    beforeAll(() => void jest.spyOn(process, 'emitWarning').mockImplementation());
    afterAll(() => jest.restoreAllMocks());
    const cases = contracts(() => ({ nodes: servers.map(({ url }) => url) }));
    it.each(cases)('%s', (_name, one) => one.run(), longTest);
  });

  describe("the contracts over a cluster client of the program's own", () => {
    const made: { client?: ReturnType<typeof createCluster> } = {};
    beforeAll(async () => {
      jest.spyOn(process, 'emitWarning').mockImplementation();
      const own = createCluster({ rootNodes: [{ url: servers[0]?.url ?? '' }] });
      await own.connect();
      Object.assign(made, { client: own });
    });
    afterAll(async () => {
      jest.restoreAllMocks();
      await made.client?.close();
    });
    const cases = contracts(() => ({ ...made })).filter(([, one]) => !isLong(one));
    it.each(cases)('%s', (_name, one) => one.run());
  });

  it('[RULE 2.3] all of a client lies on one server, and clients on all', async () => {
    const store = open();
    const now = await store.now();
    for (const clientId of hostile) {
      const of = { issuer: 'https://op.example', clientId };
      const records = ['1', '2'].map((sid) => recordAt(now, { client: of, sid }));
      for (const record of records) await store.create(record);
      await store.isMarked(recordAt(0, { client: of }));
      await store.firstUse(of, { kind: 'dpop', key: 'a', holder: 'b' }, life);
      await store.lock(of, 'a', life);
      expect(idsOf((await store.end({ client: of, sub: 'alice' }, { life })).sessions)).toEqual(idsOf(records));
    }
    const found = await Promise.all(servers.map((server) => server.command(['KEYS', `${prefix}*`])));
    const tags = found.map(([keys]) => new Set((keys as string[]).map((key) => key.split(':')[1])));
    expect(tags.every(({ size }) => size > 0)).toBe(true);
    expect(tags.reduce((sum, { size }) => sum + size, 0)).toBe(hostile.length);
  });

  it('two processes see the logouts of each other, and hear of them', async () => {
    const [one, two] = [open(), open()];
    const heard: LogoutNotice[] = [];
    await two.subscribe((notice) => heard.push(notice));
    const record = recordAt(await one.now(), { sid: '1' });
    await one.create(record);
    await one.end({ client, sid: '1' }, { life });
    expect(await two.read(client, record.id)).toBeUndefined();
    for (const begun = performance.now(); heard.length === 0 && performance.now() < begun + 2000;)
      await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual([expect.objectContaining({ sessions: [record.id] })]);
  });

  it("[RULE 2.5] tells the time that is the most behind of the servers', so that no login seems younger than it is", async () => {
    const now = await open().now();
    for (const server of servers) {
      const [time] = await server.command(['TIME']);
      const [seconds, microseconds] = (time as string[]).map(Number);
      expect(now).toBeLessThanOrEqual((seconds ?? 0) * 1000 + (microseconds ?? 0) / 1000);
      expect(now).toBeGreaterThan((seconds ?? 0) * 1000 - 2000);
    }
  });

  it('[RULE 2.7] refuses a logout that no replica confirms, and says so', async () => {
    const store = open({ replicas: 1 });
    await expect(store.mark({ client, sub: 'alice' }, { life })).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await store.ready()).toEqual([expect.stringMatching(/^Of 1 replicas .* 0 are connected/)]);
  });

  it('while one server is away the clients of the others go on; it is found again by itself', async () => {
    const store = open({ timeout: 300 });
    const now = await store.now();
    const records = Array.from({ length: 12 }, (_, n) =>
      recordAt(now, { client: { issuer: 'https://op.example', clientId: String(n) } }),
    );
    for (const record of records) await store.create(record);
    const read = (): Promise<PromiseSettledResult<unknown>[]> =>
      Promise.allSettled(records.map((record) => store.read(record.client, record.id)));
    await servers[0]?.kill();
    const states = (await read()).map(({ status }) => status);
    expect(states).toEqual(expect.arrayContaining(['rejected', 'fulfilled']));
    await servers[0]?.start();
    for (const begun = performance.now(); performance.now() < begun + 8000;) {
      if ((await read()).every(({ status }) => status === 'fulfilled')) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await read()).toEqual(records.map((value) => ({ status: 'fulfilled', value })));
  }, 60_000);
});

describeWithRedis('a cluster that is not complete yet', () => {
  it('is 503, and found when it is', async () => {
    const stores = new Stores();
    const { server } = await startClusterNode();
    const store = stores.open({ nodes: [server.url], timeout: 100 });
    await expect(store.now()).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(store.read(client, 'id')).rejects.toMatchObject({ code: 'store_unavailable' });
    await server.command(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
    const read = (): Promise<unknown> => store.read(client, 'id').catch(() => false);
    for (const begun = performance.now(); performance.now() < begun + 5000 && (await read()) === false;)
      await new Promise((resolve) => setImmediate(resolve));
    expect(await store.read(client, 'id')).toBeUndefined();
    expect(Math.abs((await store.now()) - Date.now())).toBeLessThan(minute);
    await stores.close();
    await server.remove();
  }, 60_000);
});

describeWithRedis('a cluster that is not there', () => {
  it('is 503 in time, waited for, and said by ready', async () => {
    const stores = new Stores();
    const store = stores.open({ nodes: ['redis://127.0.0.1:1'], timeout: 300 });
    await expect(store.read(client, 'id')).rejects.toMatchObject({ code: 'store_unavailable', status: 503 });
    await expect(store.now()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await store.ready()).toEqual([expect.stringMatching(/^Redis cannot be reached: .*ECONNREFUSED/)]);
    await stores.close();
  });
});
