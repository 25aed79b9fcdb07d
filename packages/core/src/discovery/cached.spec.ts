import { TestClock } from '../../test/clock.js';
import { Cached, type Fetched } from './cached.js';

const hour = 3_600_000;

/** An OP by hand: each fetch waits until it is answered. */
function setUp(): {
  clock: TestClock;
  cached: Cached<string>;
  answer: (value: string | Error, cacheControl?: string) => Promise<void>;
  fetches: () => number;
} {
  const clock = new TestClock();
  const waiting: { resolve: (fetched: Fetched<string>) => void; reject: (error: Error) => void }[] = [];
  let fetches = 0;
  const load = (): Promise<Fetched<string>> => {
    fetches += 1;
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };
  const cached = new Cached(load, clock);
  const answer = async (value: string | Error, cacheControl?: string): Promise<void> => {
    const { resolve, reject } = waiting.shift()!;
    const settled = cached.refresh().then(
      () => undefined,
      () => undefined,
    ); // joins the fetch under way
    if (value instanceof Error) reject(value);
    else resolve({ value, cacheControl: cacheControl ?? null });
    await settled;
  };
  return { clock, cached, answer, fetches: () => fetches };
}
const down = new Error('down');

describe('[RULE 7.1] a value of the OP', () => {
  it('[R25] is fetched once for 64 who wait', async () => {
    const { cached, answer, fetches } = setUp();
    const waiting = Array.from({ length: 64 }, () => cached.get());
    await answer('a');
    expect(new Set((await Promise.all(waiting)).map(({ value }) => value))).toEqual(new Set(['a']));
    expect(fetches()).toBe(1);
  });

  it.each([
    ['ten minutes without Cache-Control', undefined, 600],
    ['ten minutes without max-age', 'no-store, must-revalidate', 600],
    ['max-age', 'public, max-age=900', 900],
    ['max-age in quotes', 'MAX-AGE="900"', 900],
    ['a minute at least', 'max-age=0', 60],
    ['an hour at most', 'max-age=99999999999999999999', 3600],
  ])('[R25] is fresh for %s', async (_name, cacheControl, seconds) => {
    const { clock, cached, answer, fetches } = setUp();
    void cached.get();
    await answer('a', cacheControl);
    clock.advance(seconds * 1000 - 1);
    await cached.get();
    expect(fetches()).toBe(1);
    clock.advance(1);
    await cached.get();
    expect(fetches()).toBe(2);
  });

  it('serves on after that, while one fetch runs behind it', async () => {
    const { clock, cached, answer, fetches } = setUp();
    void cached.get();
    await answer('a');
    clock.advance(hour);
    const served = await Promise.all(Array.from({ length: 64 }, () => cached.get()));
    expect(new Set(served.map(({ value }) => value))).toEqual(new Set(['a']));
    expect(fetches()).toBe(2);
    await answer('b');
    expect((await cached.get()).value).toBe('b');
    expect(fetches()).toBe(2);
  });

  it('[D6] serves on for 24 hours while the OP is down, and fails then', async () => {
    const { clock, cached, answer } = setUp();
    void cached.get();
    await answer('a');
    clock.advance(24 * hour - 1);
    expect((await cached.get()).value).toBe('a');
    await answer(down);
    expect((await cached.get()).value).toBe('a');
    clock.advance(2001);
    const waiting = cached.get();
    await answer(down);
    await expect(waiting).rejects.toBe(down);
    expect(cached.known()?.value).toBe('a');
  });

  it('is fetched anew, and waited for, where it is older than that and the OP is up', async () => {
    const { clock, cached, answer } = setUp();
    void cached.get();
    await answer('a');
    clock.advance(25 * hour);
    const waiting = cached.get();
    await answer('b');
    expect((await waiting).value).toBe('b');
  });

  it('is not fetched again for 2 s after a failure', async () => {
    const { clock, cached, answer, fetches } = setUp();
    const first = cached.get();
    await Promise.all([answer(down), expect(first).rejects.toBe(down)]);
    clock.advance(1999);
    await expect(cached.get()).rejects.toBe(down);
    await expect(
      cached.refresh(() => {
        throw new Error('not asked');
      }),
    ).rejects.toBe(down);
    expect(fetches()).toBe(1);
    clock.advance(1);
    const again = cached.get();
    await answer('a');
    expect((await again).value).toBe('a');
  });

  it('is known without the network', async () => {
    const { cached, answer, fetches } = setUp();
    expect(cached.known()).toBeUndefined();
    expect(fetches()).toBe(0);
    void cached.get();
    await answer('a');
    expect(cached.known()).toMatchObject({ value: 'a', fetch: 1 });
  });

  it('is fetched anew when asked, unless the permit says no; joining a fetch needs none', async () => {
    const { cached, answer, fetches } = setUp();
    const permit = jest.fn();
    void cached.get();
    const joined = cached.refresh(permit);
    await answer('a');
    expect((await joined).fetch).toBe(1);
    expect(permit).not.toHaveBeenCalled();
    const asked = cached.refresh(permit);
    await answer('b');
    expect(await asked).toMatchObject({ value: 'b', fetch: 2 });
    expect(permit).toHaveBeenCalledTimes(1);
    const refused = new Error('spent');
    await expect(
      cached.refresh(() => {
        throw refused;
      }),
    ).rejects.toBe(refused);
    expect(fetches()).toBe(2);
    expect(cached.begun).toBe(2);
  });

  it.each([-1, -25 * hour])('is looked at again when the clock was turned back by %i ms or more', async (back) => {
    const { clock, cached, answer, fetches } = setUp();
    void cached.get();
    await answer('a');
    clock.advance(back - hour);
    const served = cached.get();
    expect(fetches()).toBe(2);
    await answer('b');
    expect((await served).value).toBe(back === -1 ? 'a' : 'b');
  });
});
