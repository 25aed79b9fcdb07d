import { MemoryStore } from '../src/session/memory-store.js';
import { runClock } from './interleavings.js';
import { casts, StoreWorlds } from './store-world.js';

describe('[R61] [R62] [R67] a store in memory', () => {
  const worlds = new StoreWorlds(new MemoryStore({ clock: runClock, maxSessions: 1e6, maxMarks: 1e6 }));
  afterAll(() => worlds.close());

  it.each(Object.entries(casts))(
    'in every order of %s',
    async (what, chosen) => {
      let orders = 0;
      for (const cast of chosen) orders += await worlds.drive(cast);
      console.info(`Memory, ${what}: ${orders} orders.`);
      expect(orders).toBeGreaterThan(chosen.length);
    },
    60_000,
  );
});
