import { randomUUID } from 'node:crypto';
import { client, idsOf, minute, recordAt } from '../../core/src/session/contract.js';
import { describeWithRedis, startRedis, untilInfo, type RedisServer } from '../test/redis-server.js';
import { contracts, isLong, Stores } from '../test/stores.js';
import { Keys } from './keys.js';
import type { Connection } from './connection.js';
import type { RedisSessionStore } from './redis-store.js';
import { Replicated } from './replicated.js';

const life = minute;
const lacking = { code: 'store_unavailable', status: 503, message: expect.stringContaining('replicas') as string };

describeWithRedis('[RULE 2.7] a Redis with a replica', () => {
  let server: RedisServer;
  let replica: RedisServer;
  let prefix: string;
  const stores = new Stores();
  const open = (options: object = {}): RedisSessionStore =>
    stores.open({ url: server.url, prefix, replicas: 1, ...options });
  const follow = async (): Promise<void> => {
    await replica.command(['REPLICAOF', '127.0.0.1', String(server.port)]);
    await untilInfo(server, ['INFO', 'replication'], /state=online/);
  };

  beforeAll(async () => {
    [server, replica] = await Promise.all([startRedis(), startRedis()]);
    await follow();
  });
  afterAll(() => Promise.all([server, replica].map((one) => one.remove())));
  beforeEach(() => void (prefix = `${randomUUID()}:`));
  afterEach(() => stores.close());

  describe('the contracts', () => {
    beforeAll(() => void jest.spyOn(process, 'emitWarning').mockImplementation());
    afterAll(() => jest.restoreAllMocks());
    const cases = contracts(() => ({ url: server.url, replicas: 1 })).filter(([, one]) => !isLong(one));
    it.each(cases)('%s', (_name, one) => one.run());
  });

  it('a logout is on the replica when it is answered', async () => {
    const store = open();
    const record = recordAt(await store.now(), { sid: '1' });
    await store.create(record);
    for (let n = 0; n < 20; n++) {
      await store.mark({ client, sub: String(n) }, { life });
      expect(await replica.command(['EXISTS', new Keys(prefix).mark({ client, sub: String(n) })])).toEqual([1]);
    }
    await store.end({ client, sid: '1' }, { life });
    expect(await replica.command(['EXISTS', new Keys(prefix).session(client, record.id)])).toEqual([0]);
    expect(await store.ready()).toEqual([]);
  });

  it('many at once share what they wait for', async () => {
    const store = open();
    const now = await store.now();
    const records = Array.from({ length: 30 }, (_, n) => recordAt(now, { sid: String(n) }));
    for (const record of records) await store.create(record);
    const ended = await Promise.all(records.map(({ sid = '' }) => store.end({ client, sid }, { life })));
    expect(idsOf(ended.flatMap(({ sessions }) => sessions))).toEqual(idsOf(records));
    expect(ended.every(({ marked }) => marked)).toBe(true);
  });

  it('with too few replicas logouts are refused in time, and everything else goes on', async () => {
    const store = open({ replicas: 2 });
    const record = recordAt(await store.now(), { sid: '1' });
    expect(await store.create(record)).toBe(true);
    const begun = performance.now();
    const logouts = await Promise.allSettled([
      store.end({ client, sid: '1' }, { life }),
      store.end({ client, sessionId: record.id }),
      store.mark({ client, sub: 'alice' }, { life }),
    ]);
    for (const logout of logouts) expect(logout).toMatchObject({ status: 'rejected', reason: lacking });
    expect(performance.now() - begun).toBeLessThan(3500);
    // It counts as failed, so it comes again; nothing brings back what it ended.
    expect(await store.read(client, record.id)).toBeUndefined();
    expect(await store.create(record)).toBe(false);
    expect(await store.firstUse(client, { kind: 'logout-token', key: 'jti' }, life)).toBe(true);
    expect(await store.ready()).toEqual([expect.stringMatching(/^Of 2 replicas .* 1 are connected/)]);
  });

  it('when the replica is gone they are refused, and carried out again when it is back', async () => {
    const store = open();
    await store.mark({ client, sub: 'alice' }, { life });
    await replica.command(['REPLICAOF', 'NO', 'ONE']);
    await expect(store.mark({ client, sub: 'bob' }, { life })).rejects.toMatchObject(lacking);
    await follow();
    expect(await store.mark({ client, sub: 'bob' }, { life })).toBe(true);
  });

  it('a logout whose connection is cut while it waits is refused, never confirmed by another connection', async () => {
    const store = open();
    await store.mark({ client, sub: 'alice' }, { life });
    await replica.command(['REPLICAOF', 'NO', 'ONE']);
    const mark = store.mark({ client, sub: 'bob' }, { life });
    const refused = expect(mark).rejects.toMatchObject({ code: 'store_unavailable' });
    await untilInfo(server, ['INFO', 'clients'], /blocked_clients:1/);
    await Promise.all([server.command(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']), follow()]);
    await refused;
  });

  it('a full Redis refuses the mark, not the end, here too', async () => {
    const store = open();
    await store.isMarked(recordAt(0));
    await server.command(['CONFIG', 'SET', 'maxmemory', '1']);
    expect(await store.mark({ client, sub: 'alice' }, { life })).toBe(false);
    await server.command(['CONFIG', 'SET', 'maxmemory', '0']);
  });

  it('what Redis refuses to run is refused to its caller alone', async () => {
    const store = open();
    await server.command(['SET', new Keys(prefix).mark({ client, sub: 'alice' }), 'garbage']);
    const both = await Promise.allSettled(['alice', 'bob'].map((sub) => store.mark({ client, sub }, { life })));
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});

describe('a connection that is made anew while a logout is confirmed', () => {
  const script = { text: '', sha: '' };

  /** A Redis whose one replica confirms everything, on whichever connection; something happens at a step. */
  function replicated(at: 'run' | 'wait', happens: (node: { socketEpoch: number }) => object): Replicated {
    let node: object = { socketEpoch: 1 };
    const step = (now: string): void => void (now === at && (node = happens(node as { socketEpoch: number })));
    const connection = {
      nodeOf: () => Promise.resolve(node),
      run: () => Promise.resolve(step('run')),
      send: () => Promise.resolve(step('wait')).then(() => 1),
    };
    return new Replicated(connection as unknown as Connection, 1);
  }

  it.each<['run' | 'wait', string, (node: { socketEpoch: number }) => object]>([
    ['run', 'the connection', (node) => ((node.socketEpoch = 2), node)],
    ['run', 'the server', () => ({ socketEpoch: 1 })],
    ['wait', 'the connection', (node) => ((node.socketEpoch = 2), node)],
  ])('at %s, %s: confirms nothing', async (at, _what, happens) => {
    await expect(replicated(at, happens).run(script, ['key'], [])).rejects.toMatchObject(lacking);
  });

  it('nothing happens: it is confirmed', async () => {
    await expect(replicated('run', (node) => node).run(script, ['key'], [])).resolves.toBeUndefined();
  });
});
