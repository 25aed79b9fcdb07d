import { breakableStore } from '../../test/breakable-store.js';
import { LogoutBench } from '../../test/logout-bench.js';
import { machineOf, refreshesAt, sessionAt } from '../../test/machines.js';
import { refusal } from '../../test/refusal.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

/** The OP's access tokens live for 300 s. */
describe('accessToken({ minValidity })', () => {
  it.each([
    [undefined, 269_000, 0],
    [undefined, 270_000, 1],
    [0, 299_000, 0],
    [0, 300_000, 1],
    [120, 179_000, 0],
    [120, 180_000, 1],
    [600, 0, 1],
  ])('of %s s, %i ms after the login: %i refreshes', async (minValidity, passed, expected) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const session = await sessionAt(party.client, agent);
    const old = session.tokens?.accessToken;
    bench.clock.advance(passed);
    const token = await session.accessToken(minValidity === undefined ? undefined : { minValidity });
    expect([refreshesAt(bench.op).length, token === old]).toEqual([expected, expected === 0]);
  });

  it('the session that asked has the new tokens from then on', async () => {
    const party = await bench.party();
    const session = await sessionAt(party.client, await bench.signedIn(party));
    bench.clock.advance(301_000);
    const token = await session.accessToken();
    expect(session.tokens?.accessToken).toBe(token);
    expect([session.record.version, session.user]).toMatchObject([2, { sub: 'ada' }]);
  });

  it('tokens that live are handed out without a look at the store', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const session = await sessionAt(party.client, await bench.signedIn(party));
    store.calls.clear();
    await session.accessToken();
    expect([...store.calls.keys()]).toEqual(['now']);
  });
});

describe.each([
  ['an OP that gives no refresh token', { sealed: false }],
  ['[RULE 2.2] the sealed cookie', { sealed: true }],
])('without a refresh token: %s', (_what, cookie) => {
  it('the token is handed out as long as it lives, then only signing in again helps; the session stays', async () => {
    if (!cookie.sealed) bench.op.token = { members: { refresh_token: undefined } };
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store, cookie } });
    const agent = await bench.signedIn(party);
    const session = await sessionAt(party.client, agent);
    bench.clock.advance(299_999);
    expect(await session.accessToken({ minValidity: 60 })).toBe(session.tokens?.accessToken);
    bench.clock.advance(1);
    expect(await refusal(() => session.accessToken())).toMatchObject({ code: 'login_required', status: 401 });
    expect([refreshesAt(bench.op).length, store.calls.get('lock')]).toEqual([0, undefined]);
    expect(await party.whoIs(agent)).toBe('ada');
  });
});

describe('[R47] tokens that no secret of ours opens', () => {
  it('count as absent: the user is known, an access token is not to be had', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const other = machineOf(party, { session: { secret: 'another secret, of more than 32 bytes' } });
    const { record } = await sessionAt(party.client, agent);
    const session = await sessionAt(other, agent);
    expect(session.record).toEqual(record);
    expect([session.tokens, session.idToken, session.claims]).toEqual([undefined, undefined, undefined]);
    expect(await refusal(() => session.accessToken())).toMatchObject({ code: 'login_required', status: 401 });
    expect(refreshesAt(bench.op)).toEqual([]);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('that another machine sealed so in the meantime are no result either', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const session = await sessionAt(party.client, agent);
    bench.clock.advance(301_000);
    const secrets = ['another secret, of more than 32 bytes', 'a secret of forty bytes, for tests alone'];
    await (await sessionAt(machineOf(party, { session: { secret: secrets } }), agent)).accessToken();
    expect((await refusal(() => session.accessToken())).code).toBe('login_required');
    expect(refreshesAt(bench.op)).toHaveLength(1);
  });
});
