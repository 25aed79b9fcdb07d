import { breakableStore } from '../../test/breakable-store.js';
import { UnavailableError } from '../errors.js';
import { guardStore, readNow } from './guard-store.js';
import type { LogoutStore } from './logout-store.js';
import { MemoryStore } from './memory-store.js';
import type { SessionRecord, SessionStore } from './session-store.js';

const client = { issuer: 'https://op.example', clientId: 'app' };
const record: SessionRecord = {
  id: 'id',
  client,
  sub: 'ada',
  createdAt: 0,
  iat: 0,
  startedAt: 0,
  usedAt: 0,
  expiresAt: 1000,
  version: 1,
  user: {},
  tokens: '',
};
const use = { kind: 'state', key: 'k' } as const;

/** One call of every method of a store. */
const calls: { readonly [Name in keyof SessionStore]: (store: SessionStore) => unknown } = {
  create: (store) => store.create(record),
  read: (store) => store.read(client, 'id'),
  update: (store) => store.update(record),
  touch: (store) => store.touch(client, 'id', record),
  end: (store) => store.end({ client, sub: 'ada' }),
  list: (store) => store.list(client, 'ada'),
  mark: (store) => store.mark({ client, sub: 'ada' }, { life: 1 }),
  isMarked: (store) => store.isMarked(record),
  firstUse: (store) => store.firstUse(client, use, 1),
  used: (store) => store.used(client, use),
  keep: (store) => store.keep(client, 'k', new Uint8Array(1), 1),
  recall: (store) => store.recall(client, 'k'),
  lock: (store) => store.lock(client, 'k', 1),
  now: (store) => store.now(),
  ready: (store) => store.ready(),
  subscribe: (store) => store.subscribe(() => undefined),
};
const names = Object.keys(calls) as (keyof SessionStore)[];

/** What a call ends with, whether it throws or rejects. */
async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

describe('[R46] guardStore', () => {
  it.each(names)('%s that rejects is unavailable: 503, and the cause keeps its code', async (name) => {
    const store = breakableStore();
    store.down.add('all');
    const error = await failureOf(() => calls[name](guardStore(store)));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({
      code: 'store_unavailable',
      status: 503,
      message: `The session store failed at ${name}.`,
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it.each(names)('%s that throws is the same', async (name) => {
    const broken = Object.fromEntries(
      names.map((each) => [
        each,
        () => {
          throw new TypeError('pool is closed');
        },
      ]),
    ) as unknown as SessionStore;
    const error = await failureOf(() => calls[name](guardStore(broken)));
    expect(error).toMatchObject({ code: 'store_unavailable', cause: { message: 'pool is closed' } });
  });

  it.each(names)('%s goes through with what it is given, and gives back what it gets', async (name) => {
    const clock = { now: () => 1 };
    const [plain, guarded] = [new MemoryStore({ clock }), guardStore(new MemoryStore({ clock }))];
    const [expected, came] = [await calls[name](plain), await calls[name](guarded)];
    if (typeof expected === 'function') expect(typeof came).toBe('function');
    else expect(JSON.stringify(came)).toBe(JSON.stringify(expected));
  });

  it('makes a promise of whatever a store returns that can be waited for', async () => {
    const bare = { then: (done: (record: undefined) => void) => done(undefined) };
    const store = Object.assign(new MemoryStore(), { read: () => bare }) as unknown as SessionStore;
    const result = guardStore(store).read(client, 'id');
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBeUndefined();
  });

  it('an error of ours passes as it is', async () => {
    const full = new UnavailableError('store_full', 'The store holds as many marks as it may.', { retryAfter: 30 });
    class Full extends MemoryStore {
      override firstUse(..._use: Parameters<MemoryStore['firstUse']>): Promise<boolean> {
        return Promise.reject(full);
      }
    }
    expect(await failureOf(() => guardStore<SessionStore>(new Full()).firstUse(client, use, 1))).toBe(full);
  });

  it('what was rejected without an error is still one of ours', async () => {
    class Odd extends MemoryStore {
      override ready(): Promise<never> {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a store of somebody else's may do anything
        return Promise.reject('nope');
      }
    }
    expect(await failureOf(() => guardStore(new Odd()).ready())).toMatchObject({ code: 'store_unavailable' });
  });

  it('a promise that is not of our making is guarded too', async () => {
    const refused = { then: (_taken: unknown, reject: (cause: Error) => void) => reject(new Error('closed')) };
    class Foreign extends MemoryStore {
      override ready(): Promise<never> {
        return refused as unknown as Promise<never>;
      }
    }
    expect(await failureOf(() => guardStore(new Foreign()).ready())).toMatchObject({ cause: { message: 'closed' } });
  });

  it('a store that remembers logouts alone is one of them alone', () => {
    const logouts = { firstUse: () => true, used: () => false, ready: () => [] };
    const guarded = guardStore(logouts as unknown as LogoutStore);
    expect(Object.keys(guarded)).toEqual(['firstUse', 'used', 'ready']);
  });

  it('now stays at once where the store has it at once', () => {
    expect(typeof guardStore(new MemoryStore()).now()).toBe('number');
  });
});

describe('readNow', () => {
  async function guarded(): Promise<SessionStore> {
    const store = guardStore<SessionStore>(new MemoryStore({ clock: { now: () => 0 } }));
    expect(await store.create(record)).toBe(true);
    return store;
  }

  it('gives at once what read of a guarded MemoryStore resolves with', async () => {
    const store = await guarded();
    expect(readNow(store, client, 'id')).toBe(await store.read(client, 'id'));
    expect(readNow(store, client, 'id')).toMatchObject({ id: 'id', sub: 'ada' });
    expect(readNow(store, client, 'other')).toBeUndefined();
  });

  it.each(['read', 'now'] as const)('says nothing where %s was replaced since', async (name) => {
    const store = await guarded();
    jest.spyOn(store, name);
    expect(readNow(store, client, 'id')).toBeUndefined();
  });

  it('says nothing of another store, nor of one that nobody guards', async () => {
    const other = breakableStore({ clock: { now: () => 0 } });
    await other.create(record);
    expect(readNow(guardStore<SessionStore>(other), client, 'id')).toBeUndefined();
    const bare = new MemoryStore({ clock: { now: () => 0 } });
    await bare.create(record);
    expect(readNow(bare, client, 'id')).toBeUndefined();
  });
});
