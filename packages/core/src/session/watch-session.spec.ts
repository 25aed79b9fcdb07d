import { breakableStore, type BreakableStore } from '../../test/breakable-store.js';
import { LogoutBench, postToken } from '../../test/logout-bench.js';
import { machineOf, sessionAt, until } from '../../test/machines.js';
import type { PartyOptions, RelyingParty } from '../../test/relying-party.js';
import type { UserAgent } from '../../test/user-agent.js';
import { endSessions } from '../logout/end-sessions.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

/** Watches the session of a browser, as one machine sees it. */
class Watch {
  over = 0;
  private constructor(
    readonly party: RelyingParty,
    readonly agent: UserAgent,
    readonly store: BreakableStore,
  ) {}

  static async on({ session, ...options }: PartyOptions = {}): Promise<Watch> {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ ...options, session: { store, ...session } });
    const watch = new Watch(party, await bench.signedIn(party), store);
    watch.stop = await watch.begin();
    return watch;
  }

  stop: () => void = () => undefined;

  async begin(): Promise<() => void> {
    const session = await sessionAt(machineOf(this.party, { session: this.#session }), this.agent);
    return session.whenOver(() => void this.over++);
  }

  get #session(): PartyOptions['session'] & object {
    const { idle, absolute, sealedCookie } = this.party.client.settings;
    return { idle: idle / 1000, absolute: absolute / 1000, ...(sealedCookie && { cookie: { sealed: true } }) };
  }
}

const carriers: [name: string, PartyOptions][] = [
  ['in a store', {}],
  ['in cookies', { session: { cookie: { sealed: true } } }],
];

describe.each(carriers)('a session %s', (name, options) => {
  it.each<[what: string, end: (watch: Watch) => Promise<unknown>]>([
    ['a logout token with its sid', async ({ party }) => postToken(party, await bench.token())],
    ['a logout token of its user', async ({ party }) => postToken(party, await bench.token({ sid: undefined }))],
    ['a logout token with both', async ({ party }) => postToken(party, await bench.token({ sub: 'ada' }))],
    [
      'a logout of its own',
      async ({ party: { client }, agent }) => {
        const { record } = await sessionAt(client, agent);
        return endSessions(client, { client: client.ref, sessionId: record.id }, 'local');
      },
    ],
  ])('is over when %s is carried out on another machine [R63]', async (_what, end) => {
    const watch = await Watch.on(options);
    expect(watch.over).toBe(0);
    await end(watch);
    await until(() => watch.over > 0);
    // Nothing is told twice.
    await end(watch).catch(() => undefined);
    expect(watch.over).toBe(1);
  });

  it('is not over when others are: of another sid, another user, another client', async () => {
    const watch = await Watch.on(options);
    const { party } = watch;
    await bench.signedIn(party, 'op-session-2', 'grace');
    const token = await bench.token();
    const other = await bench.party({ clientId: 'other', session: { store: watch.store } });
    expect((await postToken(party, token)).status).toBe(200);
    expect((await postToken(other, await bench.token({ aud: 'other', sid: 'op-session-1' }))).status).toBe(200);
    let turns = 5;
    await until(() => turns-- === 0);
    expect(watch.over).toBe(0);
    await postToken(party, await bench.token({ sid: 'op-session-1', sub: 'ada' }));
    await until(() => watch.over > 0);
  });

  it('is over at the end of its life, and not before', async () => {
    const watch = await Watch.on({ session: { ...options.session, idle: 1 } });
    bench.clock.advance(999);
    const looks = (): number => watch.store.calls.get(name === 'in a store' ? 'read' : 'isMarked') ?? 0;
    const before = looks();
    await until(() => looks() > before + 1);
    expect(watch.over).toBe(0);
    bench.clock.advance(1);
    await until(() => watch.over > 0);
  });

  it('that is over already when the watch begins is told at once', async () => {
    const watch = await Watch.on(options);
    watch.stop();
    const session = await sessionAt(machineOf(watch.party, options), watch.agent);
    await postToken(watch.party, await bench.token());
    await session.whenOver(() => void watch.over++);
    expect(watch.over).toBe(1);
  });

  it('is told of no more once the watch has ended', async () => {
    const watch = await Watch.on(options);
    watch.stop();
    watch.stop();
    await postToken(watch.party, await bench.token());
    expect(watch.over).toBe(0);
  });

  it('cannot be watched while the store is away, and can be again when it is back', async () => {
    const watch = await Watch.on(options);
    const session = await sessionAt(machineOf(watch.party, options), watch.agent);
    for (const down of ['subscribe', 'all'] as const) {
      watch.store.down.add(down);
      await expect(session.whenOver(() => undefined)).rejects.toMatchObject({ code: 'store_unavailable' });
      watch.store.down.clear();
    }
    await session.whenOver(() => void watch.over++);
    await postToken(watch.party, await bench.token());
    await until(() => watch.over > 1);
  });

  it('lives on while the store is away, but no longer than was last known', async () => {
    const watch = await Watch.on({ session: { ...options.session, idle: 1 } });
    watch.store.down.add('all');
    const calls = (): number => [...watch.store.calls.values()].reduce((sum, each) => sum + each, 0);
    bench.clock.advance(990);
    const before = calls();
    await until(() => calls() > before);
    expect(watch.over).toBe(0);
    bench.clock.advance(10);
    await until(() => watch.over > 0);
  });
});

it('[R45] a session lives on by its use elsewhere; to be watched is no use', async () => {
  const watch = await Watch.on({ session: { idle: 1 } });
  const expiry = async (): Promise<number> => (await sessionAt(watch.party.client, watch.agent)).expiresAt.getTime();
  bench.clock.advance(900);
  const extended = await expiry();
  expect(extended).toBe(bench.clock.now() + 1000);
  bench.clock.advance(999);
  const reads = watch.store.calls.get('read') ?? 0;
  await until(() => (watch.store.calls.get('read') ?? 0) > reads);
  expect(watch.over).toBe(0);
  bench.clock.advance(1);
  await until(() => watch.over > 0);
  expect(bench.clock.now()).toBe(extended);
});

it('many watches stand on one subscription, which ends with the last of them', async () => {
  const watch = await Watch.on();
  const { client } = watch.party;
  const session = await sessionAt(client, watch.agent);
  const before = watch.store.calls.get('subscribe') ?? 0;
  const ends = await Promise.all(Array.from({ length: 20 }, () => session.whenOver(() => void watch.over++)));
  expect(watch.store.calls.get('subscribe')).toBe(before + 1);
  ends.slice(1).forEach((end) => end());
  await session.whenOver(() => undefined).then((end) => end());
  expect(watch.store.calls.get('subscribe')).toBe(before + 1);
  ends[0]!();
  const last = await session.whenOver(() => undefined);
  last();
  expect(watch.store.calls.get('subscribe')).toBe(before + 2);
});

it('one that fails when it is told keeps nothing from the others', async () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  const watch = await Watch.on();
  watch.stop();
  const session = await sessionAt(watch.party.client, watch.agent);
  await session.whenOver(() => {
    throw new Error('no such socket');
  });
  await session.whenOver(() => void watch.over++);
  await postToken(watch.party, await bench.token());
  await until(() => watch.over > 0);
  expect(warn.mock.calls).toEqual([[expect.stringContaining('no such socket'), { code: 'LATCHKEY_LISTENER' }]]);
  warn.mockRestore();
});
