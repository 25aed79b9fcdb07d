import { monotonicMicroseconds, RedisClock, type Look } from './redis-clock.js';

/** A process's clock and servers' clocks that a test turns, in milliseconds. */
class World {
  local = 5000;
  looks = 0;
  /** Milliseconds that a question and an answer take. */
  there = 0;
  back = 0;
  down = false;
  readonly servers: Record<string, number>;
  readonly clock = new RedisClock(
    () => this.#look(),
    () => this.local * 1000,
  );

  constructor(servers: Record<string, number> = { a: 1_700_000_000_000 }) {
    this.servers = servers;
  }

  pass(ms: number): void {
    this.local += ms;
    for (const name of Object.keys(this.servers)) this.servers[name] = this.time(name) + ms;
  }

  time(name = 'a'): number {
    return this.servers[name] ?? NaN;
  }

  async #look(): Promise<Look[]> {
    this.looks++;
    await Promise.resolve();
    if (this.down) throw new Error('down');
    const before = this.local * 1000;
    this.pass(this.there);
    const times = Object.entries(this.servers);
    this.pass(this.back);
    return times.map(([node, time]) => ({ node, before, time: time * 1000, after: this.local * 1000 }));
  }
}

it('asks once, then counts on by itself', async () => {
  const world = new World();
  const first = world.clock.now();
  expect(first).toBeInstanceOf(Promise);
  expect(await first).toBe(world.time());
  world.pass(900);
  expect(world.clock.now()).toBe(world.time() - 1);
  expect(world.looks).toBe(1);
});

it('many who ask at once ask together', async () => {
  const world = new World();
  const answers = await Promise.all(Array.from({ length: 20 }, async () => world.clock.now()));
  expect(new Set(answers)).toEqual(new Set([world.time()]));
  expect(world.looks).toBe(1);
});

it('is never ahead, and behind by the time of the answer at most', async () => {
  const world = new World();
  [world.there, world.back] = [30, 7];
  expect(await world.clock.now()).toBe(world.time() - 7);
});

it('keeps the better of two looks', async () => {
  const world = new World();
  [world.there, world.back] = [1, 1];
  await world.clock.now();
  [world.there, world.back] = [100, 200];
  world.pass(1100);
  expect(world.clock.now()).toBe(world.time() - 2);
  await turns();
  expect(world.looks).toBe(2);
  expect(world.time() - (world.clock.now() as number)).toBe(2);
});

it('takes a better look when it comes', async () => {
  const world = new World();
  world.back = 200;
  await world.clock.now();
  world.back = 0;
  world.pass(1100);
  void world.clock.now();
  await turns();
  expect(world.clock.now()).toBe(world.time());
});

it('looks again in use after a second, without keeping anybody waiting; after 30 s it waits', async () => {
  const world = new World();
  await world.clock.now();
  world.pass(1001);
  expect(typeof world.clock.now()).toBe('number');
  expect(world.looks).toBe(2);
  await turns();
  world.pass(30_001);
  const late = world.clock.now();
  expect(late).toBeInstanceOf(Promise);
  expect(await late).toBe(world.time());
});

it('follows a server that is set back, and one that is set forward', async () => {
  const world = new World();
  await world.clock.now();
  for (const jump of [-60_000, 60_000]) {
    world.servers['a'] = world.time() + jump;
    world.pass(1001);
    void world.clock.now();
    await turns();
    expect(world.clock.now()).toBe(world.time());
  }
});

it('of several servers takes the one that is the most behind', async () => {
  const world = new World({ a: 1_700_000_000_000, b: 1_699_999_999_990, c: 1_700_000_000_010 });
  expect(await world.clock.now()).toBe(world.time('b'));
  delete world.servers['b'];
  world.pass(1001);
  void world.clock.now();
  await turns();
  expect(world.clock.now()).toBe(world.time('a'));
});

it('forgets a server whose place another took', async () => {
  const world = new World();
  await world.clock.now();
  world.servers['a'] = world.time() - 5;
  world.clock.forget();
  expect(await world.clock.now()).toBe(world.time());
});

it('rejects while it has never heard or heard too long ago, and serves on when a look in between fails', async () => {
  const world = new World();
  world.down = true;
  await expect(world.clock.now()).rejects.toThrow('down');
  world.down = false;
  await world.clock.now();
  world.down = true;
  world.pass(2000);
  expect(typeof world.clock.now()).toBe('number');
  await turns();
  world.pass(29_000);
  await expect(world.clock.now()).rejects.toThrow('down');
  world.down = false;
  expect(await world.clock.now()).toBe(world.time());
});

it('a jump of the local time of day changes nothing', async () => {
  const clock = new RedisClock(() => {
    const now = monotonicMicroseconds();
    return Promise.resolve([{ node: 'a', before: now, time: 1_700_000_000_000_000, after: now }]);
  });
  const before = await clock.now();
  const jump = jest.spyOn(Date, 'now').mockReturnValue(0);
  expect(Number(clock.now()) - before).toBeLessThan(1000);
  jump.mockRestore();
});

/** Lets everything that waits for nothing outside happen. */
async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
