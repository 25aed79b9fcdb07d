import { MemoryStore } from '../src/session/memory-store.js';
import { carrierCasts, CarrierWorlds } from './carrier-world.js';
import { runClock } from './interleavings.js';
import { casts, StoreWorlds } from './store-world.js';

const store = (): MemoryStore => new MemoryStore({ clock: runClock, maxSessions: 1e6, maxMarks: 1e6 });

describe.each([
  ['a store in memory', () => new StoreWorlds(store()), casts],
  ['sealed cookies on a store in memory', () => new CarrierWorlds(store()), carrierCasts],
])('[R61] [R62] [R67] %s', (kind, make, table) => {
  const worlds = make();
  afterAll(() => worlds.close());

  it.each(Object.entries(table))(
    'in every order of %s',
    async (what, chosen) => {
      let orders = 0;
      for (const cast of chosen) orders += await worlds.drive(cast);
      console.info(`${kind}, ${what}: ${orders} orders.`);
      expect(orders).toBeGreaterThan(chosen.length);
    },
    600_000,
  );
});
