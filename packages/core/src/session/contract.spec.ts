import { TestClock } from '../../test/clock.js';
import { PlainStore } from '../../test/plain-store.js';
import { client, confusable, contractOf, hostile, noticeOfAct, targets, worldAt } from './contract.js';

it('gives each case a store of its own, and closes it whatever comes of the case', async () => {
  let open = 0;
  const make = () => {
    open++;
    return Promise.resolve({
      store: new PlainStore(new TestClock()),
      advance: () => undefined,
      close: () => Promise.resolve(void open--),
    });
  };
  const [passes, fails] = contractOf(make, {
    passes: async ({ store }) => expect(open).toBe(await Promise.resolve(store ? 1 : 0)),
    fails: () => Promise.reject(new Error('as it should')),
  });
  await passes?.run();
  await expect(fails?.run()).rejects.toThrow('as it should');
  expect([passes?.name, fails?.name, open]).toEqual(['passes', 'fails', 0]);
});

it('every target names sessions of its world, and the strings are all different', () => {
  const world = worldAt(1000);
  expect(targets.flatMap(({ names }) => names).filter((name) => !world.has(name))).toEqual([]);
  expect(new Set([...world.values()].map(({ id }) => id)).size).toBe(world.size);
  expect(new Set(hostile).size).toBe(hostile.length);
  for (const [[a, b], [c, d]] of confusable) expect([a, b]).not.toEqual([c, d]);
});

it('a logout that nobody hears of is an assertion that fails', async () => {
  const store = new PlainStore(new TestClock(), 'a mark tells nobody');
  const act = () => store.mark({ client, sub: 'alice' }, { life: 1 });
  await expect(noticeOfAct(store, act)).rejects.toMatchObject({ name: 'AssertionError' });
});
