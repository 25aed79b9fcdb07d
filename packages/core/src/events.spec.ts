import { subscribe as subscribeRaw, unsubscribe as unsubscribeRaw } from 'node:diagnostics_channel';
import { publish, subscribe, tell, type LoginEvent, type SessionEvent } from './events.js';

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
