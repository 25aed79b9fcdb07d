import { randomUUID } from 'node:crypto';
import { describeWithRedis, startRedis, type RedisServer } from '../../test/redis-server.js';
import { firstUse, isMarked, keep, lock, release } from './others.js';
import type { Script } from './script.js';

describeWithRedis('what a script answers', () => {
  let server: RedisServer;
  beforeAll(async () => (server = await startRedis()));
  afterAll(() => server.remove());

  /** The keys of a client of its own. */
  function open(): (kind: string, name?: string) => string {
    const client = randomUUID();
    return (kind, name = 'a') => `test:{${client}}:${kind}:${name}`;
  }

  async function run({ text }: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const [reply] = await server.command(['EVAL', text, String(keys.length), ...keys, ...args.map(String)]);
    return reply;
  }

  it('isMarked: none, and the moment at which the first one asked, which stays', async () => {
    const key = open();
    const keys = [key('epoch'), key('mark')];
    expect(await run(isMarked, keys, [1000, 900, 1])).toEqual([0, '1000']);
    expect(await run(isMarked, keys, [2000, 900, 1])).toEqual([0, '1000']);
  });

  it('firstUse: 1 for the first, 0 for others until its end, then 1 again', async () => {
    const key = open();
    const use = (now: number): Promise<unknown> => run(firstUse, [key('use'), key('uses')], [now, 500, 0, 10]);
    expect([await use(1000), await use(1000), await use(1500), await use(1501)]).toEqual([1, 0, 0, 1]);
  });

  it.each([
    ['refused', 0, -1, 0],
    ['taken in place of the oldest', 1, 1, 1],
  ])('firstUse: one more than the bound is %s', async (_what, givesWay, reply, oldestAgain) => {
    const key = open();
    const use = (name: string, now: number): Promise<unknown> =>
      run(firstUse, [key('use', name), key('uses')], [now, 500, givesWay, 2]);
    expect([await use('a', 1000), await use('b', 1001), await use('c', 1002)]).toEqual([1, 1, reply]);
    const [left] = await server.command(['EXISTS', key('use', 'a')]);
    expect(left).toBe(1 - oldestAgain);
  });

  it('keep: the text behind the time of its end, the later one in place of the earlier', async () => {
    const key = open();
    for (const text of ['one', 'two words']) expect(await run(keep, [key('kept')], [1000, 500, text])).toBe(1);
    expect(await server.command(['GET', key('kept')])).toEqual(['1500 two words']);
  });

  it('lock: 1 for whoever comes when it is free or over, and release frees it for its holder alone', async () => {
    const key = open();
    const take = (holder: string, now: number): Promise<unknown> => run(lock, [key('lock')], [now, 500, holder]);
    const free = (holder: string): Promise<unknown> => run(release, [key('lock')], [holder]);
    expect([await take('ada', 1000), await take('grace', 1500), await take('grace', 1501)]).toEqual([1, 0, 1]);
    await free('ada');
    expect(await take('ada', 1502)).toBe(0);
    await free('grace');
    expect(await take('ada', 1503)).toBe(1);
  });
});
