import { breakableStore } from '../../test/breakable-store.js';
import { LogoutBench } from '../../test/logout-bench.js';
import { machineOf, refreshesAt, sessionAt } from '../../test/machines.js';
import { refusal } from '../../test/refusal.js';
import type { OidcClient } from '../client/client.js';
import { delayAfterFailure, noteFailure, noteSuccess } from './refresh-backoff.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

describe('[RULE 2.8] after a failed refresh', () => {
  it('the next try waits 10 s, doubling to 5 min, whichever machine asks; a success forgets it all', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const machines = [party.client, machineOf(party), machineOf(party)];
    const ask = async (n: number): Promise<string> => (await sessionAt(machines[n % 3]!, agent)).accessToken();
    bench.clock.advance(301_000);
    bench.op.token = { status: 503 };
    bench.op.rotates = false; // what it refuses so is not used up
    let tries = 0;
    for (const seconds of [10, 20, 40, 80, 160, 300, 300]) {
      await refusal(() => ask(tries));
      expect(refreshesAt(bench.op)).toHaveLength(++tries);
      expect(await refusal(() => ask(tries))).toMatchObject({ headers: { 'Retry-After': String(seconds) } });
      bench.clock.advance(seconds * 1000 - 1);
      expect(await refusal(() => ask(tries))).toMatchObject({
        code: 'op_unreachable',
        status: 503,
        headers: { 'Retry-After': '1' },
      });
      expect(refreshesAt(bench.op)).toHaveLength(tries);
      bench.clock.advance(1);
    }
    bench.op.token = {};
    expect(await ask(tries)).toContain('access-token-of-ada');
    bench.clock.advance(280_000);
    bench.op.token = { status: 503 };
    await ask(0);
    bench.clock.advance(9999);
    await ask(1);
    expect(refreshesAt(bench.op)).toHaveLength(tries + 2);
    bench.clock.advance(1);
    await ask(2);
    expect(refreshesAt(bench.op)).toHaveLength(tries + 3);
  });

  it('a token that lives is served meanwhile, without a try', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    bench.clock.advance(280_000);
    bench.op.token = { status: 503 };
    const old = (await sessionAt(party.client, agent)).tokens?.accessToken;
    for (let n = 0; n < 3; n++) expect(await (await sessionAt(party.client, agent)).accessToken()).toBe(old);
    expect(refreshesAt(bench.op)).toHaveLength(1);
  });

  it('other sessions wait for nothing', async () => {
    const party = await bench.party();
    const [ada, grace] = [await bench.signedIn(party), await bench.signedIn(party, 'op-session-2', 'grace')];
    bench.clock.advance(301_000);
    bench.op.token = { status: 503 };
    const session = await sessionAt(party.client, ada);
    await refusal(() => session.accessToken());
    bench.op.token = {};
    expect(await (await sessionAt(party.client, grace)).accessToken()).toContain('of-grace');
  });
});

describe('failures', () => {
  const client = async (): Promise<OidcClient> => (await bench.party()).client;

  it('are forgotten after ten minutes: the next one waits 10 s again', async () => {
    const own = await client();
    await noteFailure(own, 'a');
    await noteFailure(own, 'a');
    expect(await delayAfterFailure(own, 'a')).toBe(20_000);
    bench.clock.advance(600_001);
    await noteFailure(own, 'a');
    expect([await delayAfterFailure(own, 'a'), await delayAfterFailure(own, 'b')]).toEqual([10_000, 0]);
  });

  it('are noted where the store can: what it fails with is not what the caller hears of', async () => {
    const store = breakableStore({ clock: bench.clock });
    const { client: own } = await bench.party({ session: { store } });
    await noteFailure(own, 'a');
    for (const method of ['keep', 'recall', 'now'] as const) {
      store.down.clear();
      store.down.add(method);
      await expect(noteFailure(own, 'a')).resolves.toBeUndefined();
      await expect(noteSuccess(own, 'a')).resolves.toBeUndefined();
    }
  });

  it('where there was none, a success writes nothing', async () => {
    const store = breakableStore({ clock: bench.clock });
    const { client: own } = await bench.party({ session: { store } });
    await noteSuccess(own, 'a');
    expect(store.calls.get('keep')).toBeUndefined();
  });
});
