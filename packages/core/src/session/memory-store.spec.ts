import { TestClock } from '../../test/clock.js';
import { hashOf } from '../crypto.js';
import { subscribe, type LogoutEvent, type SessionEvent } from '../events.js';
import { client, hostile, idsOf, minute, otherClients, recordAt } from './contract.js';
import { logoutStoreContract } from './logout-store-contract.js';
import type { LogoutNotice } from './logout-store.js';
import { MemoryStore, type MemoryStoreOptions } from './memory-store.js';
import { sessionStoreContract } from './session-store-contract.js';
import type { SessionRecord } from './session-store.js';

const life = minute;

function open(options: MemoryStoreOptions = {}): { clock: TestClock; store: MemoryStore } {
  const clock = new TestClock();
  return { clock, store: new MemoryStore({ clock, ...options }) };
}

const make = () => {
  const { clock, store } = open();
  return Promise.resolve({ store, advance: (ms: number) => clock.advance(ms), close: () => Promise.resolve() });
};

// The contract has a listener that throws; that this is said is shown beside events.ts.
beforeAll(() => void jest.spyOn(process, 'emitWarning').mockImplementation());
afterAll(() => jest.restoreAllMocks());

describe('the contract of a session store', () => {
  it.each(sessionStoreContract(make).map((one) => [one.name, one] as const))('%s', (_name, one) => one.run());
});

describe('the contract of a logout store', () => {
  it.each(logoutStoreContract(make).map((one) => [one.name, one] as const))('%s', (_name, one) => one.run());
});

describe('a session at once', () => {
  const changed: [string, (store: MemoryStore) => object][] = [
    ['a store that is none of these', (store) => Object.create(store) as object],
    ['one behind a proxy', (store) => new Proxy(store, {})],
    ['one whose read was replaced', (store) => Object.assign(store, { read: () => Promise.resolve(undefined) })],
    ['one whose clock was replaced', (store) => Object.assign(store, { now: () => Promise.resolve(0) })],
  ];

  it('is what read resolves with', async () => {
    const { store, clock } = open();
    const { id, expiresAt } = await stored(store);
    const both = async (): Promise<unknown[]> => [MemoryStore.readNow(store, client, id), await store.read(client, id)];
    const [now, later] = await both();
    expect(now).toMatchObject({ id });
    expect(later).toBe(now);
    clock.advance(2 * (expiresAt - clock.now()) + 1);
    expect(await both()).toEqual([undefined, undefined]);
  });

  it.each(changed)('nothing is said of %s', async (_what, change) => {
    const { store } = open();
    const { id } = await stored(store);
    expect(MemoryStore.readNow(change(store), client, id)).toBeUndefined();
  });

  it('nothing is said of a class made of it that reads otherwise, nor when the prototype was changed', async () => {
    class Slow extends MemoryStore {
      override async read(...args: Parameters<MemoryStore['read']>): Promise<SessionRecord | undefined> {
        await Promise.resolve();
        return super.read(...args);
      }
    }
    const slow = new Slow();
    const { id } = await stored(slow);
    expect(MemoryStore.readNow(slow, client, id)).toBeUndefined();
    const { store } = open();
    const other = await stored(store);
    const spy = jest.spyOn(MemoryStore.prototype, 'read');
    expect(MemoryStore.readNow(store, client, other.id)).toBeUndefined();
    spy.mockRestore();
    expect(MemoryStore.readNow(store, client, other.id)).toMatchObject({ id: other.id });
  });
});

async function stored(store: MemoryStore, members: Partial<SessionRecord> = {}): Promise<SessionRecord> {
  const record = recordAt(store.now(), members);
  expect(await store.create(record)).toBe(true);
  return record;
}

it('keeps a copy that nobody can change, also of a session without a user', async () => {
  const { store } = open({});
  const user = { roles: ['a'] };
  const record = await stored(store, { user });
  user.roles.push('admin');
  const read = await store.read(client, record.id);
  expect(read?.user).toEqual({ roles: ['a'] });
  expect([read, read?.client, read?.user].every(Object.isFrozen)).toBe(true);
  const nobody = await stored(store, { user: undefined });
  expect((await store.read(client, nobody.id))?.user).toBeUndefined();
});

describe('[RULE 2.4] bounds', () => {
  it('gives up the session that was idle the longest, and tells', async () => {
    const { store, clock } = open({ maxSessions: 2 });
    const [events, notices]: [SessionEvent[], LogoutNotice[]] = [[], []];
    const quiet = subscribe('latchkey:session', (event) => events.push(event));
    await store.subscribe((notice) => notices.push(notice));
    const first = await stored(store);
    const second = await stored(store, { sid: '7' });
    clock.advance(1000);
    await store.touch(client, first.id, { usedAt: store.now(), expiresAt: first.expiresAt });
    const third = await stored(store);
    expect(idsOf(await store.list(client, 'alice'))).toEqual(idsOf([first, third]));
    expect(await store.read(client, second.id)).toBeUndefined();
    expect(events).toEqual([
      { type: 'evicted', client, at: store.now(), session: second.id, sub: 'alice', sid: hashOf('7') },
    ]);
    expect(notices).toEqual([{ client: hashOf(client.issuer, client.clientId), sessions: [second.id] }]);
    quiet();
  });

  it('a session that is refused evicts nobody', async () => {
    const { store } = open({ maxSessions: 1 });
    const record = await stored(store);
    await store.mark({ client, sub: 'bob' }, { life });
    expect(await store.create(recordAt(store.now(), { sub: 'bob' }))).toBe(false);
    expect(await store.read(client, record.id)).toEqual(record);
  });

  it('full of marks it refuses the next, ends the sessions all the same, and forgets no mark', async () => {
    const { store, clock } = open({ maxMarks: 2 });
    const events: LogoutEvent[] = [];
    const quiet = subscribe('latchkey:logout', (event) => events.push(event));
    const [alice, bob] = [await stored(store, { sid: '1' }), await stored(store, { sub: 'bob' })];
    expect(await store.mark({ client, sub: 'carol' }, { life })).toBe(true);
    expect((await store.end({ client, sid: '1' }, { life })).marked).toBe(true);
    expect(await store.ready()).toEqual([expect.stringContaining('maxMarks')]);
    expect(await store.end({ client, sub: 'bob' }, { life })).toEqual({ sessions: [bob], marked: false });
    expect(await store.mark({ client, sub: 'dora' }, { life })).toBe(false);
    const full = { type: 'store_full', client, at: store.now(), what: 'marks' };
    expect(events).toEqual([full, full]);
    expect(await store.read(client, bob.id)).toBeUndefined();
    expect((await store.isMarked(alice)).marked).toBe(true);
    expect((await store.end({ client, sid: '1' }, { life })).marked).toBe(true);
    clock.advance(life + 20_000);
    expect(await store.ready()).toEqual([]);
    expect(await store.mark({ client, sub: 'dora' }, { life })).toBe(true);
    quiet();
  });

  it('no bound is at the cost of another', async () => {
    const { store } = open({ maxSessions: 1, maxMarks: 1, maxLogoutTokens: 1, maxStates: 1, maxProofs: 1, maxKept: 1 });
    await store.mark({ client, sid: '1' }, { life });
    await store.firstUse(client, { kind: 'logout-token', key: 'jti' }, life);
    for (const key of ['a', 'b', 'c']) {
      await store.create(recordAt(store.now(), { sub: key }));
      await store.firstUse(client, { kind: 'state', key }, life);
      await store.firstUse(client, { kind: 'dpop', key, holder: 'jkt' }, life).catch(() => undefined);
      await store.keep(client, key, Uint8Array.of(1), life).catch(() => undefined);
      await store.lock(client, key, life).catch(() => undefined);
    }
    expect((await store.isMarked(recordAt(store.now(), { sid: '1' }))).marked).toBe(true);
    expect(await store.used(client, { kind: 'logout-token', key: 'jti' })).toBe(true);
  });

  it('full of states it forgets the oldest; full of logout tokens or proofs it refuses', async () => {
    const { store } = open({ maxStates: 1, maxLogoutTokens: 1, maxProofs: 1 });
    const events: LogoutEvent[] = [];
    const quiet = subscribe('latchkey:logout', (event) => events.push(event));
    for (const kind of ['state', 'logout-token', 'dpop'] as const) {
      expect(await store.firstUse(client, { kind, key: 'first' }, life)).toBe(true);
      const second = store.firstUse(client, { kind, key: 'second' }, life);
      if (kind === 'state') await expect(second).resolves.toBe(true);
      else await expect(second).rejects.toMatchObject({ code: 'store_full', status: 503 });
      expect(await store.used(client, { kind, key: 'first' })).toBe(kind !== 'state');
    }
    expect(events).toEqual([{ type: 'store_full', client, at: store.now(), what: 'logout_tokens' }]);
    expect(await store.ready()).toEqual([expect.stringContaining('maxLogoutTokens')]);
    quiet();
  });

  it('[RULE 6.5] one holder of proofs cannot fill the room of the others', async () => {
    const { store } = open({ maxPerHolder: 2 });
    const use = (key: string, holder: string, of = client): Promise<boolean> =>
      store.firstUse(of, { kind: 'dpop', key, holder }, life);
    await use('a', 'mallory');
    await use('b', 'mallory');
    await expect(use('c', 'mallory')).rejects.toMatchObject({ code: 'store_full' });
    expect(await use('c', 'alice')).toBe(true);
    for (const other of otherClients) expect(await use('c', 'mallory', other)).toBe(true);
  });

  it('full of kept values or locks it refuses more', async () => {
    const { store } = open({ maxKept: 1 });
    await store.keep(client, 'a', Uint8Array.of(1), life);
    await store.keep(client, 'a', Uint8Array.of(2), life);
    await expect(store.keep(client, 'b', Uint8Array.of(1), life)).rejects.toMatchObject({ code: 'store_full' });
    expect(await store.lock(client, 'a', life)).toBeDefined();
    await expect(store.lock(client, 'b', life)).rejects.toMatchObject({ code: 'store_full' });
  });
});

it('keeps nothing of what has expired: no session, no index, no mark', async () => {
  const { store, clock } = open({ maxSessions: 3, maxMarks: 1 });
  const evicted: SessionEvent[] = [];
  const quiet = subscribe('latchkey:session', (event) => evicted.push(event));
  for (let round = 0; round < 5; round++) {
    for (const sub of ['alice', 'bob', 'carol']) await stored(store, { sub, sid: String(round) });
    expect(await store.mark({ client, sid: `old ${round}` }, { life })).toBe(true);
    clock.advance(30 * minute);
  }
  expect(evicted).toEqual([]);
  expect(await store.list(client, 'alice')).toEqual([]);
  quiet();
});

it('ends sessions of many users in one client without touching those of another', async () => {
  const { store } = open();
  for (const sub of hostile)
    for (const of of [client, ...otherClients]) await stored(store, { sub, sid: 'shared', client: of });
  expect((await store.end({ client, sid: 'shared' }, { life })).sessions).toHaveLength(hostile.length);
  for (const of of otherClients)
    expect((await store.end({ client: of, sid: 'shared' }, { life })).sessions).toHaveLength(hostile.length);
});

it('gives out frozen records, at every depth', async () => {
  const { store } = open();
  const { id } = await stored(store, { user: { roles: [{ name: 'admin' }] } });
  await store.touch(client, id, { usedAt: 0, expiresAt: 0 });
  const record = await store.read(client, id);
  const { roles } = record?.user as { roles: object[] };
  expect([record, record?.client, record?.user, roles, roles[0]].every(Object.isFrozen)).toBe(true);
});

it('rejects a user that is no JSON, and stores nothing', async () => {
  const { store } = open();
  await expect(store.create(recordAt(store.now(), { user: 1n }))).rejects.toThrow(TypeError);
  expect(await store.list(client, 'alice')).toEqual([]);
});

it('[RULE 2.7] its first moment is its construction', async () => {
  const { store, clock } = open();
  const began = store.now();
  clock.advance(1000);
  expect((await store.isMarked(recordAt(began))).epoch).toBe(began);
});

it('takes the time of the process by default', () => {
  const before = Date.now();
  expect(new MemoryStore().now()).toBeGreaterThanOrEqual(before);
});

it.each([
  [{ maxMarks: 0 }, 'MemoryStore.maxMarks'],
  [{ maxSessions: 1.5 }, 'MemoryStore.maxSessions'],
  [{ clock: {} as TestClock }, 'MemoryStore.clock'],
  [{ max: 1 }, 'MemoryStore.max'],
])('[R96] refuses %j and names the option', (options, name) => {
  expect(() => new MemoryStore(options as MemoryStoreOptions)).toThrow(name);
});
