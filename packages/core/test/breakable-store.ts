import { MemoryStore, type MemoryStoreOptions } from '../src/session/memory-store.js';
import type { SessionStore } from '../src/session/session-store.js';

/** A store in memory that a test takes down, whole or one method at a time: what it holds stays. */
export interface BreakableStore extends SessionStore {
  /** Which methods fail; `all` for every one. */
  readonly down: Set<keyof SessionStore | 'all'>;
  /** How often each method was called. */
  readonly calls: Map<string, number>;
}

/** Makes one. It fails as a client of a server does that is gone. */
export function breakableStore(options: MemoryStoreOptions = {}): BreakableStore {
  const store = new MemoryStore(options);
  const down: BreakableStore['down'] = new Set();
  const calls: BreakableStore['calls'] = new Map();
  const methodOf = (name: keyof SessionStore) => {
    const method: unknown = Reflect.get(store, name);
    return (...args: unknown[]) => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      const fails = down.has('all') || down.has(name);
      const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' });
      return fails ? Promise.reject(refused) : (method as (...args: unknown[]) => unknown).apply(store, args);
    };
  };
  return new Proxy(store, {
    get: (_target, name) => ({ down, calls })[name as 'down'] ?? methodOf(name as keyof SessionStore),
  }) as unknown as BreakableStore;
}
