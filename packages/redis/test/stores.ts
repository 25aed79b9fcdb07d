import { randomUUID } from 'node:crypto';
import { logoutStoreContract, sessionStoreContract, type ContractCase, type StoreUnderTest } from '@latchkey/core';
import { TestClock } from '../../core/test/clock.js';
import { RedisSessionStore } from '../src/redis-store.js';
import type { RedisSessionStoreOptions } from '../src/options.js';

/** A store to be closed when the test ends, on Redis's own clock. */
export class Stores {
  readonly #open: RedisSessionStore[] = [];

  open(options: RedisSessionStoreOptions): RedisSessionStore {
    const store = new RedisSessionStore(options);
    this.#open.push(store);
    return store;
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((store) => store.close()));
  }
}

/** Stores that are empty, since each has a prefix of its own, on a clock that the contract turns. */
export function maker(options: () => RedisSessionStoreOptions): () => Promise<StoreUnderTest<RedisSessionStore>> {
  return () => {
    const clock = new TestClock();
    const store = new RedisSessionStore({ prefix: `${randomUUID()}:`, ...options(), clockForTests: clock });
    return Promise.resolve({ store, advance: (ms) => clock.advance(ms), close: () => store.close() });
  };
}

/** Both contracts, as rows of a table. The cases that take their time all run while the first one is waited for. */
export function contracts(options: () => RedisSessionStoreOptions): readonly (readonly [string, ContractCase])[] {
  const make = maker(options);
  const all = [...sessionStoreContract(make), ...logoutStoreContract(make)];
  let running: ReadonlyMap<string, Promise<void>> | undefined;
  const together = (name: string): Promise<void> => {
    running ??= new Map(all.filter(isLong).map((one) => [one.name, one.run()]));
    // Each has a test that waits for it; until then its failure is not unheard of.
    for (const run of running.values()) run.catch(() => undefined);
    return running.get(name) ?? Promise.reject(new Error('unknown'));
  };
  return all.map((one) => [one.name, isLong(one) ? { ...one, run: () => together(one.name) } : one] as const);
}

/** The cases of the contracts that try every order of several steps. */
export const isLong = ({ name }: ContractCase): boolean => name.includes('in every order');

/** Bounds those on a machine that has others to serve; milliseconds. */
export const longTest = 600_000;
