import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import type { LogoutNotice, SessionRecord } from '@latchkey/core';
import { client, minute, recordAt } from '../../core/src/session/contract.js';
import { describeWithRedis, RedisServer, startRedis } from '../test/redis-server.js';
import { Stores } from '../test/stores.js';
import { makeClient } from './client.js';
import { Connection } from './connection.js';
import type { RedisSessionStore } from './redis-store.js';

const life = minute;
const unavailable = { code: 'store_unavailable', status: 503, headers: { 'Retry-After': '5' } };

/** Asks until there is an answer: a connection that comes back by itself tells nobody. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (const begun = performance.now(); ;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > begun + 8000) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Asks one after the other, and returns the first failure. */
async function untilFailed(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    for (;;) await ask();
  } catch (error) {
    return error;
  }
}

async function timed(work: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work.catch(() => undefined);
  return performance.now() - begun;
}

describeWithRedis('a connection', () => {
  let server: RedisServer;
  const stores = new Stores();
  beforeAll(async () => (server = await startRedis()));
  afterEach(async () => {
    server.goOn();
    await server.start();
    await stores.close();
    await server.command(['FLUSHALL']);
  });
  afterAll(() => server.remove());
  const open = (options: object = {}): RedisSessionStore => stores.open({ url: server.url, ...options });

  async function stored(store: RedisSessionStore): Promise<SessionRecord> {
    const record = recordAt(await store.now(), { sid: '1' });
    expect(await store.create(record)).toBe(true);
    return record;
  }

  it('[RULE 2.7] is made again after Redis was killed and started: no session, mark or epoch is lost', async () => {
    const store = open({ timeout: 500 });
    const heard: LogoutNotice[] = [];
    await store.subscribe((notice) => heard.push(notice));
    const record = await stored(store);
    const { epoch } = await store.isMarked(record);
    await store.mark({ client, sub: 'bob' }, { life });
    await server.kill();
    await expect(store.read(client, record.id)).rejects.toMatchObject(unavailable);
    expect(await store.ready()).toEqual([expect.stringMatching(/^Redis cannot be reached: /)]);
    await server.start();
    expect(await answered(() => store.read(client, record.id))).toEqual(record);
    expect(await store.isMarked({ ...record, sub: 'bob' })).toEqual({ marked: true, epoch });
    expect((await store.end({ client, sid: '1' }, { life })).sessions).toEqual([record]);
    expect(await answered(() => store.ready().then((said) => expect(said).toEqual([])))).toBeUndefined();
    heard.length = 0;
    await answered(() => store.mark({ client, sub: 'alice' }, { life }).then(() => expect(heard).not.toEqual([])));
  });

  it('a short loss is waited out: no request notices', async () => {
    const store = open();
    const record = await stored(store);
    const [, cut] = await Promise.all([
      server.command(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']),
      // Only what is under way when the connection is cut can fail.
      untilFailed(() => store.read(client, record.id)),
    ]);
    expect(cut).toMatchObject(unavailable);
    const reads = await Promise.all(Array.from({ length: 20 }, () => store.read(client, record.id)));
    expect(new Set(reads.map((read) => read?.id))).toEqual(new Set([record.id]));
  });

  it('commands fail in time, and at once while Redis has been away for longer', async () => {
    const store = open({ timeout: 300 });
    const record = await stored(store);
    await server.kill();
    // The first fails as it is cut off, the second waits a little, the third need not.
    for (let n = 0; n < 2; n++) expect(await timed(store.read(client, record.id))).toBeLessThan(1000);
    expect(await timed(store.read(client, record.id))).toBeLessThan(100);
    const writes = [
      store.create(record),
      store.update({ ...record, version: 2 }),
      store.touch(client, record.id, record),
      store.end({ client, sid: '1' }, { life }),
      store.list(client, 'alice'),
      store.mark({ client, sid: '1' }, { life }),
      store.isMarked(record),
      store.firstUse(client, { kind: 'state', key: 'a' }, life),
      store.used(client, { kind: 'state', key: 'a' }),
      store.keep(client, 'a', Uint8Array.of(1), life),
      store.recall(client, 'a'),
      store.lock(client, 'a', life),
      store.subscribe(() => undefined),
    ];
    for (const result of await Promise.allSettled(writes))
      expect(result).toMatchObject({ status: 'rejected', reason: unavailable });
    await server.start();
    expect(await answered(() => store.read(client, record.id))).toEqual(record);
  });

  it('a Redis that hangs is 503 in time, and nothing is lost when it goes on', async () => {
    const store = open({ timeout: 200 });
    const record = await stored(store);
    server.pause();
    await expect(store.read(client, record.id)).rejects.toMatchObject({
      ...unavailable,
      cause: { message: 'no answer within 200 ms' },
    });
    expect(await store.ready()).toEqual(['Redis cannot be reached: no answer within 200 ms.']);
    server.goOn();
    expect(await answered(() => store.read(client, record.id))).toEqual(record);
  });

  it('a connection whose other end vanished is given up for a new one', async () => {
    // Between the store and Redis: from some time on it swallows what comes on the connections that it has.
    const sockets: Socket[] = [];
    let connections = 0;
    const between = createServer((near) => {
      connections++;
      const { connect } = jest.requireActual<typeof import('node:net')>('node:net');
      const far = connect(server.port, '127.0.0.1');
      sockets.push(near, far);
      near.on('error', () => far.destroy()).on('close', () => far.destroy());
      far.on('error', () => near.destroy());
      near.pipe(far).pipe(near);
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    const store = open({ url: `redis://127.0.0.1:${(between.address() as AddressInfo).port}`, timeout: 50 });
    const record = await answered(() => stored(store));
    for (const socket of sockets.splice(0)) socket.unpipe().resume();
    const before = connections;
    expect(await answered(() => store.read(client, record.id))).toEqual(record);
    expect(connections).toBeGreaterThan(before);
    await stores.close();
    for (const socket of sockets) socket.destroy();
    between.close();
  });

  it('a Redis that is not there yet is waited for, however long', async () => {
    const { port } = await startRedis().then(async (gone) => (await gone.remove(), gone));
    const late = new RedisServer(port, { password: 'secret' });
    const store = open({ url: late.url, timeout: 100 });
    await expect(store.now()).rejects.toMatchObject(unavailable);
    await expect(store.read(client, 'id')).rejects.toMatchObject(unavailable);
    expect(await store.ready()).toEqual([expect.stringContaining('ECONNREFUSED')]);
    await late.start();
    await answered(() => store.read(client, 'id'));
    await stores.close();
    await late.remove();
  });

  it('a wrong password is 503, said by ready and shown nowhere', async () => {
    const guarded = await startRedis({ password: 'right' });
    const store = open({ url: `redis://:wrong-secret@127.0.0.1:${guarded.port}`, timeout: 300 });
    const failed: unknown = await store.read(client, 'id').catch((error: unknown) => error);
    expect(failed).toMatchObject(unavailable);
    expect(await store.ready()).toEqual([expect.stringContaining('WRONGPASS')]);
    expect(JSON.stringify([failed, String(failed), await store.ready()])).not.toContain('wrong-secret');
    await stores.close();
    await guarded.remove();
  });

  it("closing ends what is the store's, waits for what is under way, and may be done twice", async () => {
    const own = createClient({ url: server.url });
    await own.connect();
    const [mine, theirs] = [open(), stores.open({ client: own })];
    await theirs.subscribe(() => undefined);
    const record = await stored(mine);
    const last = mine.read(client, record.id);
    await Promise.all([mine.close(), theirs.close()]);
    expect(await last).toEqual(record);
    for (const store of [mine, theirs]) {
      await expect(store.read(client, record.id)).rejects.toMatchObject(unavailable);
      await store.close();
    }
    expect(await own.ping()).toBe('PONG');
    expect(['ready', 'error', 'reconnecting'].map((event) => own.listenerCount(event))).toEqual([0, 0, 0]);
    await own.close();
  });

  it("a client of the program's own that is not connected yet is waited for", async () => {
    const own = createClient({ url: server.url });
    const store = stores.open({ client: own });
    const read = store.read(client, 'id');
    await own.connect();
    expect(await read).toBeUndefined();
    await store.close();
    await own.close();
  });

  it('ready tells that notices do not come', async () => {
    const crowded = await startRedis();
    const store = stores.open({ url: crowded.url });
    await store.subscribe(() => undefined);
    expect(await store.ready()).toEqual([]);
    await crowded.command(['CONFIG', 'SET', 'maxclients', '1'], ['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    const deaf = ['Logouts of other processes are not heard: ERR max number of clients reached.'];
    await answered(async () => expect(await store.ready()).toEqual(deaf));
    await stores.close();
    await crowded.remove();
  });

  it('ready tells what a server lacks', async () => {
    const store = open({ timeout: 300 });
    await server.command(['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru'], ['CONFIG', 'SET', 'appendonly', 'no']);
    expect(await store.ready()).toEqual([
      expect.stringContaining('allkeys-lru'),
      expect.stringContaining('appendonly'),
    ]);
    await server.command(['CONFIG', 'SET', 'maxmemory-policy', 'noeviction'], ['CONFIG', 'SET', 'appendonly', 'yes']);
  });

  it('speaks TLS, and only with a server that it can trust', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync('openssl', ['req', ...made, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const settings = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'];
    const secure = await startRedis({ tls: true, password: 'secret', settings });
    const ca = readFileSync(cert, 'utf8');
    const store = stores.open({ url: secure.url, redis: { socket: { tls: true, ca } }, replicas: 0 });
    const record = await stored(store);
    expect(await store.read(client, record.id)).toEqual(record);
    expect(await store.ready()).toEqual([]);
    const wary = stores.open({ url: secure.url, timeout: 300 });
    await expect(wary.read(client, record.id)).rejects.toMatchObject(unavailable);
    expect(await wary.ready()).toEqual([expect.stringContaining('self-signed certificate')]);
    await stores.close();
    await secure.remove();
    rmSync(folder, { recursive: true });
  });

  it('what is no error of Redis is 503 too', async () => {
    const connection = new Connection(makeClient({ url: server.url }), { timeout: 500, own: true });
    const failed = connection.send({ sendCommand: () => Promise.reject(new TypeError('broken')) } as never, ['PING']);
    await expect(failed).rejects.toMatchObject({ ...unavailable, cause: { message: 'broken' } });
    await connection.close();
  });
});
