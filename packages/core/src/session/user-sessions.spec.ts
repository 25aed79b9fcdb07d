import { breakableStore } from '../../test/breakable-store.js';
import { LogoutBench } from '../../test/logout-bench.js';
import { sessionAt } from '../../test/machines.js';
import { refusal } from '../../test/refusal.js';
import { MemoryStore } from './memory-store.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

describe('sessions()', () => {
  it('lists those of this user at this client, the latest first, and says which one asks', async () => {
    const store = new MemoryStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const other = await bench.party({ clientId: 'other', session: { store } });
    const agents = [];
    for (const sid of ['one', 'two', 'three']) {
      bench.clock.advance(1000);
      agents.push(await bench.signedIn(party, sid));
    }
    await bench.signedIn(party, 'four', 'grace');
    await bench.signedIn(other, 'five');
    const all = await Promise.all(agents.map((agent) => sessionAt(party.client, agent)));
    const list = await all[1]!.sessions();
    expect(list).toEqual(
      [all[2]!, all[1]!, all[0]!].map(({ record }, n) => ({
        id: record.id,
        startedAt: new Date(record.startedAt),
        usedAt: new Date(record.usedAt),
        expiresAt: new Date(record.expiresAt),
        current: n === 1,
      })),
    );
  });

  it('[R45] leaves out what has expired', async () => {
    const party = await bench.party({ session: { idle: 3600 } });
    await bench.signedIn(party, 'one');
    bench.clock.advance(3_600_000);
    const agent = await bench.signedIn(party, 'two');
    expect(await (await sessionAt(party.client, agent)).sessions()).toMatchObject([{ current: true }]);
  });

  it('says nothing that opens a session', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const [only] = await (await sessionAt(party.client, agent)).sessions();
    expect(Object.keys(only ?? {}).sort()).toEqual(['current', 'expiresAt', 'id', 'startedAt', 'usedAt']);
    expect(agent.cookies(party.host)).not.toContain(only?.id);
  });
});

describe('endOthers()', () => {
  it('ends all other sessions of this user at this client, each with an event, and tells how many', async () => {
    const store = new MemoryStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const other = await bench.party({ clientId: 'other', session: { store } });
    const [one, two, three] = [
      await bench.signedIn(party, 'one'),
      await bench.signedIn(party, 'two'),
      await bench.signedIn(party, 'three'),
    ];
    const grace = await bench.signedIn(party, 'four', 'grace');
    const elsewhere = await bench.signedIn(other, 'five');
    const session = await sessionAt(party.client, two);
    expect([await session.endOthers(), await session.endOthers()]).toEqual([2, 0]);
    expect([await party.whoIs(one), await party.whoIs(two), await party.whoIs(three)]).toEqual([null, 'ada', null]);
    expect([await party.whoIs(grace), await other.whoIs(elsewhere)]).toEqual(['grace', 'ada']);
    const ended = bench.sessions.filter(({ type }) => type === 'ended');
    expect(ended).toMatchObject([
      { reason: 'local', sub: 'ada' },
      { reason: 'local', sub: 'ada' },
    ]);
  });

  it('[RULE 3.1] leaves no mark: whoever signs in again is let in, with the same session at the OP', async () => {
    const party = await bench.party();
    const [one, two] = [await bench.signedIn(party), await bench.signedIn(party)];
    await (await sessionAt(party.client, two)).endOthers();
    expect(await party.whoIs(one)).toBeNull();
    await bench.signIn(party, one);
    expect([await party.whoIs(one), await party.whoIs(two)]).toEqual(['ada', 'ada']);
  });

  it('[R56] [RULE 3.9] gives no tokens back, and tells the program', async () => {
    const told: unknown[] = [];
    const onLogout = (context: unknown): void => void told.push(context);
    const party = await bench.party({ logout: { revoke: true }, hooks: { onLogout } });
    await bench.signedIn(party);
    await (await sessionAt(party.client, await bench.signedIn(party))).endOthers();
    expect(told).toMatchObject([{ reason: 'local', sessions: [{ sub: 'ada', sid: 'op-session-1' }] }]);
    expect(bench.op.at('/revoke')).toEqual([]);
  });

  it.each(['list', 'end', 'now'] as const)(
    'a store that fails at %s: 503, and trying again ends the rest',
    async (method) => {
      const store = breakableStore({ clock: bench.clock });
      const party = await bench.party({ session: { store } });
      const [one, two] = [await bench.signedIn(party, 'one'), await bench.signedIn(party, 'two')];
      const session = await sessionAt(party.client, two);
      store.down.add(method);
      expect(await refusal(() => session.endOthers())).toMatchObject({ code: 'store_unavailable', status: 503 });
      store.down.clear();
      expect([await party.whoIs(one), await session.endOthers(), await party.whoIs(one)]).toEqual(['ada', 1, null]);
      expect(await party.whoIs(two)).toBe('ada');
    },
  );
});
