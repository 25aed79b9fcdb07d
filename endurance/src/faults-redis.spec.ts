import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { LogoutBench, postToken } from '../../packages/core/test/logout-bench.js';
import type { RelyingParty } from '../../packages/core/test/relying-party.js';
import { describeWithRedis, startRedis, untilInfo, type RedisServer } from '../../packages/redis/test/redis-server.js';
import { Stores } from '../../packages/redis/test/stores.js';
import { crowdAt, report, rollOf, type Member } from '../test/crowd.js';

let bench: LogoutBench;
const stores = new Stores();
const servers: RedisServer[] = [];
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(async () => {
  await bench.clear();
  await stores.close();
  await Promise.all(servers.splice(0).map((server) => server.remove()));
});
afterAll(() => bench.stop());

async function redis(settings: readonly string[] = []): Promise<RedisServer> {
  const server = await startRedis({ settings });
  servers.push(server);
  return server;
}

const signOut = async (party: RelyingParty, { sid, sub }: Member): Promise<number> =>
  (await postToken(party, await bench.token({ sid, sub }))).status;

/** How often each member was answered as signed in, of those that are named. */
const among = (found: readonly Member[], members: readonly Member[]): number =>
  found.filter((member) => members.includes(member)).length;

describeWithRedis('Redis fails', () => {
  it('[RULE 2.6] [RULE 2.7] is killed and started again: nothing is lost, nobody comes back', async () => {
    const server = await redis();
    const store = stores.open({ url: server.url, timeout: 500 });
    const party = await bench.party({ session: { store } });
    const crowd = await crowdAt(bench, party);
    const [out, rest] = [crowd.slice(0, 5), crowd.slice(5)];
    for (const member of out) expect(await signOut(party, member)).toBe(200);
    await server.kill();
    const during = await rollOf(party, rest);
    const refused = await signOut(party, rest[0]!);
    await server.start();
    await expect(untilReady(store)).resolves.toEqual([]);
    const after = await rollOf(party, crowd);
    report('Redis killed and started again', {
      'answered with 503 meanwhile': [during.unknown.length, 15],
      'logouts refused meanwhile': [refused === 400 ? 1 : 0, 1],
      'sessions lost': [15 - among(after.alive, rest), 0],
      'sessions that came back': [among(after.alive, out), 0],
    });
  }, 30_000);

  it('[RULE 2.6] hangs for five seconds: 503, and nothing is lost', async () => {
    const server = await redis();
    const store = stores.open({ url: server.url, timeout: 500 });
    const party = await bench.party({ session: { store } });
    const crowd = await crowdAt(bench, party);
    server.pause();
    const until = performance.now() + 5000;
    const asked: number[] = [];
    while (performance.now() < until) asked.push((await rollOf(party, crowd)).unknown.length);
    server.goOn();
    await expect(untilReady(store)).resolves.toEqual([]);
    const { alive } = await rollOf(party, crowd);
    report('Redis hanging for 5 s', {
      'rounds of questions not answered with 503': [asked.filter((unknown) => unknown !== 20).length, 0],
      'sessions lost': [20 - alive.length, 0],
    });
    expect(asked.length).toBeGreaterThan(3);
  }, 30_000);

  it.each([{ replicas: 1 }, { replicas: 0 }])(
    '[RULE 2.7] fails over to a replica, replicas: $replicas: nobody who was told to be signed out comes back',
    async ({ replicas }) => {
      const master = await redis();
      const replica = await redis(['--replicaof', '127.0.0.1', String(master.port)]);
      await untilInfo(replica, ['INFO', 'replication'], /master_link_status:up/);
      const address = await Address.of(master);
      const store = stores.open({ url: address.url, replicas, timeout: 500 });
      const party = await bench.party({ session: { store } });
      const crowd = await crowdAt(bench, party);
      const [early, late, rest] = [crowd.slice(0, 5), crowd.slice(5, 10), crowd.slice(10)];
      for (const member of early) expect(await signOut(party, member)).toBe(200);
      await untilReplicated(master, replica);
      // It hears of nothing any more: what happens now is lost with the master.
      await replica.command(['REPLICAOF', 'NO', 'ONE']);
      const told = await Promise.all(late.map((member) => signOut(party, member)));
      const newcomers = await crowdAt(bench, party, 3, 'newcomer');
      await master.kill();
      await address.moveTo(replica);
      await expect(untilReady(store)).resolves.toEqual(replicas ? [expect.stringContaining('replica')] : []);
      const after = await rollOf(party, [...crowd, ...newcomers]);
      report(`Redis failed over to a replica, replicas: ${replicas}`, {
        'logouts answered with 200 that the replica has not': [
          told.filter((status) => status === 200).length,
          replicas ? 0 : 5,
        ],
        'of those that it has, sessions that came back': [among(after.alive, early), 0],
        // With replicas: 0 this is the stated price; with 1 the OP was answered 400, and sends its tokens again.
        'of the others, sessions that came back': [among(after.alive, late), 5],
        'sessions lost that the replica had': [10 - among(after.alive, rest), 0],
        'sessions lost that it had not heard of': [3 - among(after.alive, newcomers), 3],
      });
    },
    30_000,
  );

  it('[RULE 2.4] is full: sessions end all the same; a logout that cannot be remembered is refused, and sent again', async () => {
    const server = await redis(['--maxmemory-policy', 'noeviction']);
    const party = await bench.party({ session: { store: stores.open({ url: server.url }) } });
    const crowd = await crowdAt(bench, party);
    const [out, rest] = [crowd.slice(0, 10), crowd.slice(10)];
    await server.command(['CONFIG', 'SET', 'maxmemory', '1']);
    const told = await Promise.all(out.map((member) => signOut(party, member)));
    // Of somebody who may be signing in right now: there is nothing to end, only to remember.
    const inFlight = Array.from({ length: 5 }, (_, n) => ({
      ...out[n]!,
      sid: `in-flight-${n}`,
      sub: `in-flight-${n}`,
    }));
    const refused = await Promise.all(inFlight.map((member) => signOut(party, member)));
    const during = await rollOf(party, crowd);
    const events = bench.logouts.filter((event) => event.type === 'store_full' && event.what === 'marks').length;
    await server.command(['CONFIG', 'SET', 'maxmemory', '0']);
    const again = await Promise.all(inFlight.map((member) => signOut(party, member)));
    const after = await rollOf(party, crowd);
    report('Redis full', {
      'logouts of sessions answered with 200': [told.filter((status) => status === 200).length, 10],
      'logouts of nobody yet answered with 400': [refused.filter((status) => status === 400).length, 5],
      'events of them': [events, 5],
      'sessions of theirs that live on': [among(during.alive, out), 0],
      'sessions lost': [10 - among(after.alive, rest), 0],
      'of those, carried out when there is room': [again.filter((status) => status === 200).length, 5],
    });
  }, 30_000);
});

/** Resolves to what the store complains of, once it can be asked. */
async function untilReady(store: { ready(): Promise<readonly string[]> }): Promise<readonly string[]> {
  for (let tries = 0; ; tries++) {
    const complaints = await store.ready();
    if (tries > 400 || !complaints.some((text) => /cannot be reached/.test(text))) return complaints;
    await wait(25);
  }
}

async function untilReplicated(master: RedisServer, replica: RedisServer): Promise<void> {
  const [info] = await master.command(['INFO', 'replication']);
  const offset = /master_repl_offset:(\d+)/.exec(String(info))?.[1] ?? '';
  await untilInfo(replica, ['INFO', 'replication'], new RegExp(`slave_repl_offset:${offset}`));
}

/** One address, behind which another server takes over. */
class Address {
  readonly #sockets = new Set<Socket>();
  #port: number;

  private constructor(
    readonly server: Server,
    port: number,
  ) {
    this.#port = port;
    server.on('connection', (inward: Socket) => {
      const onward = connect(this.#port, '127.0.0.1');
      for (const [from, to] of [[inward, onward] as const, [onward, inward] as const]) {
        this.#sockets.add(from);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
        from.pipe(to);
      }
    });
    server.unref();
  }

  static async of(redis: RedisServer): Promise<Address> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Address(server, redis.port);
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  moveTo({ port }: RedisServer): Promise<void> {
    this.#port = port;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    return Promise.resolve();
  }
}
