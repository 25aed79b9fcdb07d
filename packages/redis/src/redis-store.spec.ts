import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { hashOf, subscribe, type LogoutEvent, type LogoutNotice, type SessionRecord } from '@latchkey/core';
import { TestClock } from '../../core/test/clock.js';
import { client, hostile, idsOf, minute, otherClients, recordAt } from '../../core/src/session/contract.js';
import { describeWithRedis, startRedis, type RedisServer } from '../test/redis-server.js';
import { contracts, isLong, longTest, Stores } from '../test/stores.js';
import type { RedisClient } from './client.js';
import { Keys } from './keys.js';
import type { RedisSessionStoreOptions } from './options.js';
import type { RedisSessionStore } from './redis-store.js';

const life = minute;
const use = (kind: 'state' | 'logout-token' | 'dpop', key: string, holder?: string) => ({
  kind,
  key,
  ...(holder !== undefined && { holder }),
});

describeWithRedis('one Redis', () => {
  let server: RedisServer;
  let prefix: string;
  const stores = new Stores();
  const open = (options: object = {}): RedisSessionStore => stores.open({ url: server.url, prefix, ...options });

  beforeAll(async () => (server = await startRedis({ password: 'p@ss:word/' })));
  afterAll(() => server.remove());
  beforeEach(() => void (prefix = `${randomUUID()}:`));
  afterEach(() => stores.close());

  async function stored(store: RedisSessionStore, members: Partial<SessionRecord> = {}): Promise<SessionRecord> {
    const record = recordAt(await store.now(), members);
    expect(await store.create(record)).toBe(true);
    return record;
  }

  /** Sends commands as an administrator would, with the names that this test's stores give to their keys. */
  const command = (...commands: readonly (readonly string[])[]): Promise<unknown[]> => server.command(...commands);
  const keysOf = async (): Promise<string[]> => (await command(['KEYS', `${prefix}*`]))[0] as string[];

  describe('the contracts', () => {
    // They have a listener that throws; that this is said is shown beside core's events.ts.
    beforeAll(() => void jest.spyOn(process, 'emitWarning').mockImplementation());
    afterAll(() => jest.restoreAllMocks());

    // Over a socket of the system, which is the quickest: some of them ask a hundred thousand times.
    const options = (): RedisSessionStoreOptions => ({
      redis: { socket: { path: server.path, tls: false }, password: 'p@ss:word/' },
    });
    it.each(contracts(options))('%s', (_name, one) => one.run(), longTest);
  });

  describe("the contracts over a client of the program's own", () => {
    const own: { client?: RedisClient } = {};
    beforeAll(async () => {
      jest.spyOn(process, 'emitWarning').mockImplementation();
      const made = createClient({ url: server.url, RESP: 2, keyPrefix: 'program:' });
      own.client = made;
      await made.connect();
    });
    afterAll(async () => {
      jest.restoreAllMocks();
      await own.client?.close();
    });
    const cases = contracts(() => ({ ...own }));
    it.each(cases.filter(([, one]) => !isLong(one)))('%s', (_name, one) => one.run());
  });

  describe('a session that was read before', () => {
    it('is the same while nothing of it has changed, for this client alone, and nobody can change it', async () => {
      const store = open();
      const record = await stored(store, { user: { roles: ['reader'] } });
      const first = await store.read(client, record.id);
      expect(first).toEqual(record);
      expect(await store.read(client, record.id)).toBe(first);
      expect([first, first?.user, (first?.user as { roles: string[] }).roles].every(Object.isFrozen)).toBe(true);
      for (const other of otherClients) expect(await store.read(other, record.id)).toBeUndefined();
    });

    it('is as it is now once it was changed in another process, by whatever', async () => {
      const [store, elsewhere] = [open(), open()];
      const record = await stored(store);
      const read = async (): Promise<SessionRecord | undefined> => store.read(client, record.id);
      expect(await read()).toEqual(record);
      const later = { usedAt: record.usedAt + 5, expiresAt: record.expiresAt + 5 };
      expect(await elsewhere.touch(client, record.id, later)).toBe(true);
      expect(await read()).toEqual({ ...record, ...later });
      const next = { ...record, ...later, version: 2, user: { name: 'Grace' } };
      expect(await elsewhere.update(next)).toBe(true);
      expect(await read()).toEqual(next);
      await elsewhere.end({ client, sessionId: record.id });
      expect(await read()).toBeUndefined();
    });
  });

  describe('[RULE 2.5] time', () => {
    it("is Redis's, and never ahead of it", async () => {
      const store = open();
      for (let n = 0; n < 50; n++) {
        const now = await store.now();
        const [time] = await command(['TIME']);
        const [seconds, microseconds] = (time as string[]).map(Number);
        const theirs = (seconds ?? 0) * 1000 + (microseconds ?? 0) / 1000;
        expect(now).toBeLessThanOrEqual(theirs);
        expect(now).toBeGreaterThan(theirs - 2000);
      }
      expect(typeof store.now()).toBe('number');
    });

    it("a process's time of day is not asked", async () => {
      const store = open();
      const [record, before] = [await stored(store, { sid: '1' }), await store.now()];
      const jump = jest.spyOn(Date, 'now').mockReturnValue(before + 10 * minute);
      expect(Number(store.now()) - before).toBeLessThan(minute);
      expect(await store.mark({ client, sub: 'bob' }, { life })).toBe(true);
      expect((await store.end({ client, sid: '1' }, { life })).sessions).toEqual([record]);
      const late = recordAt(before, { createdAt: before + minute, sub: 'bob' });
      expect(await store.create(late)).toBe(true);
      jump.mockRestore();
    });

    it('[RULE 3.2] a mark is dated by Redis: what began before it is refused, what begins after it passes', async () => {
      const [store, other] = [open(), open()];
      const before = recordAt(await store.now(), { createdAt: await store.now() });
      await store.end({ client, sub: 'alice' }, { at: Number.MAX_SAFE_INTEGER, life });
      expect(await other.create(before)).toBe(false);
      let now = await other.now();
      for (const begun = now; now <= begun + 5;) now = await other.now();
      expect(await other.create(recordAt(now, { createdAt: now }))).toBe(true);
    });
  });

  describe('[RULE 2.3] keys', () => {
    it('all of a client have its hash tag, and none says whose they are', async () => {
      const store = open();
      for (const text of hostile.slice(0, 5)) {
        await stored(store, { id: text, sid: text, sub: text });
        await store.mark({ client, sid: text, sub: `${text}!` }, { life });
        await store.isMarked(recordAt(0, { id: text }));
        for (const kind of ['state', 'logout-token', 'dpop'] as const)
          await store.firstUse(client, use(kind, text, text), life);
        await store.keep(client, text, Uint8Array.of(1), life);
        await store.lock(client, text, life);
      }
      const found = await keysOf();
      expect(new Set(found.map((key) => key.split(':')[2]))).toEqual(
        new Set(['session', 'mark', 'index', 'epoch', 'use', 'uses', 'kept', 'lock']),
      );
      const tag = `${prefix}{${hashOf(client.issuer, client.clientId)}}:`;
      for (const key of found) expect(key.replace(tag, '')).toMatch(/^[a-z]+:[\w-]{43}$/);
    });

    it('everything expires but the epoch, and not before twice its life', async () => {
      const store = open();
      await stored(store, { sid: '1' });
      await store.mark({ client, sid: '2' }, { life });
      await store.isMarked(recordAt(0));
      await store.firstUse(client, use('state', 'a'), life);
      await store.firstUse(client, use('dpop', 'a', 'b'), life);
      await store.keep(client, 'a', Uint8Array.of(1), life);
      await store.lock(client, 'a', life);
      for (const key of await keysOf()) {
        const [ttl] = (await command(['PTTL', key])) as [number];
        if (key.includes(':epoch:')) expect(ttl).toBe(-1);
        else if (key.includes(':uses:')) expect(ttl).toBeGreaterThan(0);
        else expect(ttl).toBeGreaterThan(1.9 * life);
      }
    });

    it('indexes live as long as the longest session in them, and forget what ended or was swept away', async () => {
      const clock = new TestClock();
      const store = open({ clockForTests: clock });
      const now = clock.now();
      const short = await stored(store, { expiresAt: now + 1000 });
      await stored(store, { expiresAt: now + 10 * minute });
      const index = new Keys(prefix).named({ client, sub: 'alice' });
      const ttl = async (): Promise<number> => ((await command(['PTTL', index])) as [number])[0];
      expect(await ttl()).toBeGreaterThan(19 * minute);
      await store.touch(client, short.id, { usedAt: now, expiresAt: now + 30 * minute });
      expect(await ttl()).toBeGreaterThan(59 * minute);
      // As the broom would, unseen by the index.
      await command(['DEL', new Keys(prefix).session(client, short.id)]);
      expect(await store.list(client, 'alice')).toHaveLength(1);
      clock.advance(61 * minute);
      await stored(store);
      expect(await command(['ZCARD', index])).toEqual([1]);
      await store.end({ client, sub: 'alice' }, { life });
      expect(await command(['EXISTS', index])).toEqual([0]);
    });

    it('a touch never shortens what Redis keeps, an update may', async () => {
      const store = open();
      const record = await stored(store);
      const ttl = async (): Promise<number> =>
        ((await command(['PTTL', new Keys(prefix).session(client, record.id)])) as [number])[0];
      await store.touch(client, record.id, { usedAt: record.usedAt, expiresAt: record.expiresAt - 5 * minute });
      expect(await ttl()).toBeGreaterThan(19 * minute);
      await store.update({ ...record, version: 2, expiresAt: record.usedAt + minute });
      expect(await ttl()).toBeLessThanOrEqual(2 * minute);
    });

    it('[RULE 1.1] prefixes keep programs apart, their notices too', async () => {
      const [mine, theirs] = [open(), open({ prefix: `${prefix}other:` })];
      const heard: LogoutNotice[] = [];
      await theirs.subscribe((notice) => heard.push(notice));
      const record = await stored(mine);
      expect(await theirs.read(client, record.id)).toBeUndefined();
      await mine.end({ client, sub: 'alice' }, { life });
      await theirs.end({ client, sub: 'bob' }, { life });
      await nextTurn(() => heard.length > 0);
      expect(heard.map(({ sub }) => sub)).toEqual([hashOf('bob')]);
    });
  });

  describe('two processes', () => {
    it('[R63] see the logouts of each other, and hear of them', async () => {
      const [one, two] = [open(), open()];
      const heard: LogoutNotice[] = [];
      const unsubscribe = await two.subscribe((notice) => heard.push(notice));
      const records = [await stored(one, { sid: '1' }), await stored(two, { sid: '1' })];
      const late = recordAt(await two.now(), { sid: '1' });
      const { sessions } = await one.end({ client, sid: '1' }, { life });
      expect(idsOf(sessions)).toEqual(idsOf(records));
      for (const { id } of records) expect(await two.read(client, id)).toBeUndefined();
      expect(await two.create(late)).toBe(false);
      expect((await two.isMarked(late)).marked).toBe(true);
      await nextTurn(() => heard.length > 0);
      expect(heard).toHaveLength(1);
      expect(idsOf(records)).toEqual([...(heard[0]?.sessions ?? [])].sort());
      expect(Object.isFrozen(heard[0])).toBe(true);
      await unsubscribe();
    });

    it('have one epoch, from the first who asks, also when that was long ago', async () => {
      const [one, two] = [open(), open()];
      const { epoch } = await one.isMarked(recordAt(0));
      expect((await two.isMarked(recordAt(0))).epoch).toBe(epoch);
      expect(epoch).toBeLessThanOrEqual((await one.now()) + 1000);
      const [other] = otherClients;
      expect((await two.isMarked(recordAt(0, { client: other }))).epoch).toBeGreaterThanOrEqual(epoch);
    });

    it('hold one lock', async () => {
      const [one, two] = [open(), open()];
      const release = await one.lock(client, 'key', life);
      expect(await two.lock(client, 'key', life)).toBeUndefined();
      await release?.();
      await release?.();
      expect(await two.lock(client, 'key', life)).toBeDefined();
      await release?.();
      expect(await one.lock(client, 'key', life)).toBeUndefined();
    });
  });

  describe('what this store did not write', () => {
    const keys = (): Keys => new Keys(prefix);

    it.each([
      ['text', ['SET', 'garbage']],
      ['JSON', ['SET', '{"id":"1"}']],
      ['five lines', ['SET', 'a b c d e\n\n"1"\n{}\n{}']],
      ['another type', ['RPUSH', 'a']],
    ] as const)(
      '[RULE 1.3] %s is an error that can be answered, never a session, and no logout leaves it',
      async (_name, [verb, value]) => {
        const store = open();
        const record = await stored(store, { sid: '1' });
        const other = await stored(store, { sid: '1' });
        const key = keys().session(client, record.id);
        await command(['DEL', key], [verb, key, value]);
        const refused = { code: 'store_unavailable', status: 503 };
        await expect(store.read(client, record.id)).rejects.toMatchObject(refused);
        await expect(store.list(client, 'alice')).rejects.toMatchObject(refused);
        await expect(store.update({ ...record, version: 2 })).rejects.toMatchObject(refused);
        await expect(store.touch(client, record.id, record)).rejects.toMatchObject(refused);
        expect(await store.create(record)).toBe(false);
        expect(await store.end({ client, sid: '1' }, { life })).toEqual({ sessions: [other], marked: true });
        expect(await command(['EXISTS', key])).toEqual([0]);
      },
    );

    it("[RULE 1.3] another client's record under this client's key is refused", async () => {
      const store = open();
      const record = await stored(store);
      const [theirs] = otherClients;
      const key = keys().session(theirs ?? client, record.id);
      const [value] = await command(['GET', keys().session(client, record.id)]);
      await command(['SET', key, String(value)]);
      await expect(store.read(theirs ?? client, record.id)).rejects.toMatchObject({ code: 'store_unavailable' });
      const ended = await store.end({ client: theirs ?? client, sessionId: record.id });
      expect(ended).toEqual({ sessions: [], marked: true });
      expect(await store.read(client, record.id)).toEqual(record);
    });

    it('a mark, an epoch or a time that cannot be read is an error', async () => {
      const store = open();
      const record = recordAt(await store.now(), { sid: '1' });
      const refused = { code: 'store_unavailable' };
      for (const garbage of ['garbage', 'a b c d', '']) {
        await command(['SET', keys().mark({ client, sid: '1' }), garbage]);
        await expect(store.create(record)).rejects.toMatchObject(refused);
        await expect(store.isMarked(record)).rejects.toMatchObject(refused);
        await expect(store.end({ client, sid: '1' }, { life })).rejects.toMatchObject(refused);
        await command(['DEL', keys().mark({ client, sid: '1' })]);
        for (const key of [keys().epoch(client), keys().use(client, 'state', 'a'), keys().kept(client, 'a')])
          await command(['SET', key, garbage]);
        await expect(store.isMarked(record)).rejects.toMatchObject(refused);
        await expect(store.used(client, use('state', 'a'))).rejects.toMatchObject(refused);
        await expect(store.recall(client, 'a')).rejects.toMatchObject(refused);
        await command(['DEL', keys().epoch(client)]);
      }
    });

    it('a garbage notice is heard by nobody', async () => {
      const store = open();
      const heard: LogoutNotice[] = [];
      await store.subscribe((notice) => heard.push(notice));
      await command(['PUBLISH', keys().channel, 'garbage'], ['PUBLISH', keys().channel, '{"sessions":[]}']);
      await store.mark({ client, sub: 'alice' }, { life });
      await nextTurn(() => heard.length > 0);
      expect(heard.map(({ sub }) => sub)).toEqual([hashOf('alice')]);
    });
  });

  it('takes no time or life that no script could compare', async () => {
    const store = open();
    const record = recordAt(await store.now());
    await expect(store.create({ ...record, expiresAt: Infinity })).rejects.toThrow(TypeError);
    await expect(store.create({ ...record, user: 1n })).rejects.toThrow(TypeError);
    await expect(store.mark({ client, sub: 'alice' }, { life: NaN })).rejects.toThrow(TypeError);
    expect(await keysOf()).toEqual([]);
  });

  it('[RULE 6.5] a holder of proofs, and proofs as a whole, have bounds; the oldest state gives way', async () => {
    const clock = new TestClock();
    const store = open({ maxPerHolder: 2, maxProofs: 3, maxStates: 2, clockForTests: clock });
    const first = (one: ReturnType<typeof use>, of = client): Promise<boolean> => {
      clock.advance(1);
      return store.firstUse(of, one, life);
    };
    const full = { code: 'store_full', status: 503, headers: { 'Retry-After': '30' } };
    for (const key of ['a', 'b']) expect(await first(use('dpop', key, 'mallory'))).toBe(true);
    await expect(first(use('dpop', 'c', 'mallory'))).rejects.toMatchObject(full);
    expect(await first(use('dpop', 'a', 'mallory'))).toBe(false);
    expect(await first(use('dpop', 'c', 'alice'))).toBe(true);
    await expect(first(use('dpop', 'd', 'alice'))).rejects.toMatchObject(full);
    for (const of of otherClients) expect(await first(use('dpop', 'd', 'mallory'), of)).toBe(true);
    for (const key of ['a', 'b', 'c']) expect(await first(use('state', key))).toBe(true);
    expect(await Promise.all(['a', 'b', 'c'].map((key) => store.used(client, use('state', key))))).toEqual([
      false,
      true,
      true,
    ]);
    for (let n = 0; n < 5; n++) expect(await first(use('logout-token', String(n)))).toBe(true);
    clock.advance(life + 1);
    expect(await first(use('dpop', 'e', 'mallory'))).toBe(true);
  });

  it('knows its scripts again after Redis forgot them', async () => {
    const store = open();
    await stored(store);
    await command(['SCRIPT', 'FLUSH']);
    await stored(store);
    expect(await store.list(client, 'alice')).toHaveLength(2);
  });
});

describeWithRedis('[RULE 2.4] a Redis that is full', () => {
  let server: RedisServer;
  const stores = new Stores();
  const events: LogoutEvent[] = [];
  let quiet = (): void => undefined;
  beforeAll(async () => {
    server = await startRedis();
    quiet = subscribe('latchkey:logout', (event) => events.push(event));
  });
  beforeEach(() => void events.splice(0));
  afterEach(async () => {
    await server.command(['CONFIG', 'SET', 'maxmemory', '0'], ['FLUSHALL']);
    await stores.close();
  });
  afterAll(async () => {
    quiet();
    await server.remove();
  });
  const fill = (): Promise<unknown> => server.command(['CONFIG', 'SET', 'maxmemory', '1']);
  const full = { code: 'store_full', status: 503, headers: { 'Retry-After': '30' } };

  it('refuses what adds: sessions, marks, uses, kept values, locks', async () => {
    const store = stores.open({ url: server.url });
    const record = recordAt(await store.now());
    await fill();
    await expect(store.create(record)).rejects.toMatchObject(full);
    expect(await store.mark({ client, sub: 'alice' }, { life })).toBe(false);
    expect(await store.end({ client, sub: 'alice' }, { life })).toEqual({ sessions: [], marked: false });
    for (const kind of ['state', 'logout-token', 'dpop'] as const)
      await expect(store.firstUse(client, use(kind, 'a'), life)).rejects.toMatchObject(full);
    await expect(store.keep(client, 'a', Uint8Array.of(1), life)).rejects.toMatchObject(full);
    await expect(store.lock(client, 'a', life)).rejects.toMatchObject(full);
    await expect(store.isMarked(record)).rejects.toMatchObject(full);
    const event = { type: 'store_full', client, at: expect.any(Number) as number };
    const expected = [
      { ...event, what: 'marks' },
      { ...event, what: 'marks' },
      { ...event, what: 'logout_tokens' },
    ];
    expect(events).toEqual(expected);
    expect(await store.ready()).toEqual([expect.stringContaining('maxmemory is reached')]);
  });

  it('ends sessions all the same, forgets no mark, and keeps what replaces', async () => {
    const store = stores.open({ url: server.url });
    const now = await store.now();
    const [kept, gone] = [recordAt(now), recordAt(now, { sub: 'bob', sid: '1' })];
    for (const record of [kept, gone]) await store.create(record);
    await store.mark({ client, sub: 'carol' }, { life });
    await store.isMarked(kept);
    await fill();
    expect((await store.end({ client, sid: '1' }, { life })).sessions).toEqual([gone]);
    expect(await store.read(client, gone.id)).toBeUndefined();
    expect(await store.update({ ...kept, version: 2, tokens: 'renewed' })).toBe(true);
    expect(await store.touch(client, kept.id, { usedAt: now + 5, expiresAt: kept.expiresAt })).toBe(true);
    expect(await store.read(client, kept.id)).toEqual({ ...kept, version: 2, tokens: 'renewed', usedAt: now + 5 });
    expect((await store.isMarked(recordAt(now, { sub: 'carol' }))).marked).toBe(true);
    expect((await store.end({ client, sessionId: kept.id })).sessions).toHaveLength(1);
  });

  it('the mark of a logout that ended a session takes the room of that session', async () => {
    const store = stores.open({ url: server.url });
    const record = recordAt(await store.now(), { sid: '1' });
    await store.create(record);
    await fill();
    expect(await store.end({ client, sid: '1' }, { life })).toEqual({ sessions: [record], marked: true });
    await server.command(['CONFIG', 'SET', 'maxmemory', '0']);
    expect((await store.isMarked(record)).marked).toBe(true);
  });
});

/** Waits until something that was published has come. */
async function nextTurn(happened: () => boolean): Promise<void> {
  for (const begun = performance.now(); !happened() && performance.now() < begun + 2000;)
    await new Promise((resolve) => setImmediate(resolve));
}
