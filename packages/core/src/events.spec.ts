import { subscribe as subscribeRaw, unsubscribe as unsubscribeRaw } from 'node:diagnostics_channel';
import { breakableStore } from '../test/breakable-store.js';
import { LogoutBench, postToken } from '../test/logout-bench.js';
import { sessionAt } from '../test/machines.js';
import { codeOf } from '../test/login-bench.js';
import { secret } from '../test/relying-party.js';
import { UserAgent } from '../test/user-agent.js';
import type { Clock } from './clock.js';
import { hashOf } from './crypto.js';
import { type Events, publish, subscribe, tell, type LoginEvent, type SessionEvent } from './events.js';

const client = { issuer: 'https://op.example.com', clientId: 'app' };
const event: SessionEvent = { type: 'ended', client, at: 1, session: 'hash', sub: 'alice', reason: 'back_channel' };

it('[RULE 8.2] gives each subscriber a frozen copy, until it has enough', () => {
  const heard: SessionEvent[] = [];
  const unsubscribe = subscribe('latchkey:session', (one) => heard.push(one));
  publish('latchkey:session', event);
  unsubscribe();
  unsubscribe();
  publish('latchkey:session', event);
  expect(heard).toEqual([event]);
  expect([heard[0], heard[0]?.client].every(Object.isFrozen)).toBe(true);
  expect(Object.isFrozen(client)).toBe(false);
});

it('keeps channels apart', () => {
  const heard: LoginEvent[] = [];
  const unsubscribe = subscribe('latchkey:login', (one) => heard.push(one));
  publish('latchkey:session', event);
  publish('latchkey:login', { type: 'refused', client, at: 2, code: 'login_used' });
  unsubscribe();
  expect(heard).toEqual([{ type: 'refused', client, at: 2, code: 'login_used' }]);
});

it('reaches raw subscribers of the diagnostics channel', () => {
  const heard: unknown[] = [];
  const listener = (message: unknown): void => void heard.push(message);
  subscribeRaw('latchkey:session', listener);
  publish('latchkey:session', event);
  unsubscribeRaw('latchkey:session', listener);
  expect(heard).toEqual([event]);
});

it('without subscribers does not even read the event', () => {
  const unreadable = new Proxy(event, {
    get: () => {
      throw new Error('read');
    },
    ownKeys: () => {
      throw new Error('read');
    },
  });
  expect(() => publish('latchkey:session', unreadable)).not.toThrow();
});

function fails(error: Error): never {
  throw error;
}

describe('[RULE 8.2] a listener that fails stops nothing and is reported', () => {
  const noError = 'secret' as unknown as Error;
  it.each<[string, () => void | Promise<void>, string]>([
    ['throws', () => fails(new Error('boom')), 'boom'],
    ['throws no error', () => fails(noError), 'failed: string'],
    ['rejects', () => Promise.reject(new Error('late boom')), 'late boom'],
    ['rejects with no error', () => Promise.reject(noError), 'failed: string'],
  ])('%s', async (_what, fail, message) => {
    const heard: unknown[] = [];
    const [first, second] = [
      subscribe('latchkey:session', fail),
      subscribe('latchkey:session', (one) => heard.push(one)),
    ];
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
    publish('latchkey:session', event);
    first();
    second();
    expect(heard).toEqual([event]);
    await Promise.resolve();
    expect(warn.mock.calls).toEqual([[expect.stringContaining(message), { code: 'LATCHKEY_LISTENER' }]]);
    warn.mockRestore();
  });
});

it('tell calls a listener with what there is to tell', () => {
  const heard: number[] = [];
  tell((number) => heard.push(number), 7, 'a test');
  expect(heard).toEqual([7]);
});

describe('[RULE 8.2] what a program hears', () => {
  const names: Record<keyof Events, true> = {
    'latchkey:login': true,
    'latchkey:session': true,
    'latchkey:logout': true,
    'latchkey:token': true,
    'latchkey:provider': true,
  };
  type AnyEvent = { [C in keyof Events]: { channel: C } & Events[C] }[keyof Events];
  const heard: AnyEvent[] = [];
  const takeTypes = (): string[] =>
    heard.splice(0).map((each) => `${each.channel.slice(9)} ${each.type}${'code' in each ? ` ${each.code}` : ''}`);
  let bench: LogoutBench;
  let quiet: (() => void)[] = [];
  beforeAll(async () => {
    bench = await LogoutBench.start();
    quiet = (Object.keys(names) as (keyof Events)[]).map((name) =>
      subscribe(name, (one) => heard.push({ channel: name, ...one } as AnyEvent)),
    );
  });
  afterEach(async () => {
    await bench.clear();
    heard.length = 0;
  });
  afterAll(async () => {
    quiet.forEach((end) => end());
    await bench.stop();
  });

  it('of a session, from its login over its refreshes to its end', async () => {
    bench.op.token = { members: { expires_in: 10 } };
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    expect(takeTypes()).toEqual([
      'provider metadata_fetched',
      'login started',
      'provider keys_fetched',
      'session created',
      'login succeeded',
    ]);

    const refresh = async (): Promise<unknown> => {
      bench.clock.advance(11_000);
      return (await sessionAt(party.client, agent)).accessToken();
    };
    await refresh();
    expect(takeTypes()).toEqual(['token refreshed']);
    bench.op.token = { status: 500 };
    await expect(refresh()).rejects.toMatchObject({ code: 'op_unreachable' });
    expect(heard[0]).toMatchObject({ endpoint: 'tokens' });
    expect(takeTypes()).toEqual(['provider unreachable op_unreachable', 'token refresh_failed op_unreachable']);
    bench.op.token = { status: 400, body: '{"error":"invalid_grant"}' };
    await expect(refresh()).rejects.toMatchObject({ code: 'login_required' });
    expect(heard[0]).toMatchObject({ reason: 'refresh_refused' });
    expect(takeTypes()).toEqual(['session ended', 'token refresh_refused']);
  });

  it('of a refresh whose tokens the store could not keep', async () => {
    const store = breakableStore({ clock: bench.clock });
    let looks = 0; // each of them finds the clock a second later while the store is down
    const clock: Clock = { now: () => bench.clock.now() + (store.down.size > 0 ? 1000 * looks++ : 0) };
    const party = await bench.party({ clock, session: { store } });
    const session = await sessionAt(party.client, await bench.signedIn(party));
    heard.length = 0;
    bench.clock.advance(301_000);
    store.down.add('update');
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(takeTypes()).toEqual(['token refresh_failed store_unavailable']);
  });

  it('of an OP that is down when a browser is to be sent there, though its metadata is known', async () => {
    const party = await bench.party();
    await bench.signedIn(party);
    heard.length = 0;
    await bench.op.stop();
    const page = await party.login(new UserAgent());
    await bench.op.listen();
    expect([page.status, codeOf(page)]).toEqual([503, 'op_unreachable']);
    expect(heard).toMatchObject([{ type: 'unreachable', endpoint: 'metadata', code: 'op_unreachable' }]);
  });

  it('of keys that cannot be had', async () => {
    const party = await bench.party();
    bench.op.published = [];
    expect((await party.login(new UserAgent())).status).toBe(503);
    expect(heard.find(({ type }) => type === 'unreachable')).toMatchObject({ endpoint: 'keys', code: 'no_usable_key' });
  });

  it('names the session by its hash, the one at the OP too, and holds no secret', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const session = await sessionAt(party.client, agent);
    const { accessToken, idToken, refreshToken = '' } = session.tokens ?? {};
    await (await sessionAt(party.client, agent)).accessToken({ minValidity: 301 });
    await postToken(party, await bench.token());
    const about = { session: session.record.id, sub: 'ada', sid: hashOf('op-session-1') };
    expect(heard.filter((each) => 'session' in each)).toMatchObject([
      { type: 'created', ...about },
      { type: 'succeeded', ...about },
      { type: 'refreshed', ...about },
      { type: 'ended', ...about },
    ]);
    const text = JSON.stringify(heard);
    const cookie = agent.cookies(party.host)?.split('=')[1] ?? '';
    for (const each of [accessToken, idToken, refreshToken, cookie, secret, '"op-session-1"', 'the-client-secret']) {
      expect(each).toBeTruthy();
      expect(text).not.toContain(each);
    }
  });
});
