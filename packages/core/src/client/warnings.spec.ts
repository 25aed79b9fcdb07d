import { subscribe, type ProviderEvent } from '../events.js';
import { MemoryStore } from '../session/memory-store.js';
import { TestClock } from '../../test/clock.js';
import { PlainStore } from '../../test/plain-store.js';
import { optionsFor, type PartyOptions } from '../../test/relying-party.js';
import { OidcClient } from './client.js';

const environment = process.env.NODE_ENV;
afterEach(() => (process.env.NODE_ENV = environment));
const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation();

/** What is published when a client is made. */
function published(options: PartyOptions, issuer = 'https://op.example'): string[] {
  const events: ProviderEvent[] = [];
  const end = subscribe('latchkey:provider', (event) => void events.push(event));
  new OidcClient(optionsFor(issuer, 'https://app.example', options));
  end();
  return events.map((event) => (event.type === 'warning' ? event.message : event.type));
}

const memory = expect.stringContaining('in the memory of this process') as string;

it.each<[what: string, env: string, options: PartyOptions, warned: boolean]>([
  ['in production, on the default store', 'production', {}, true],
  ['in production, on a MemoryStore of its own', 'production', { session: { store: new MemoryStore() } }, true],
  ['in production, on another store', 'production', { session: { store: new PlainStore(new TestClock()) } }, false],
  ['in development', 'development', {}, false],
])('[RULE 8.3] %s', (_what, env, options, warned) => {
  process.env.NODE_ENV = env;
  expect(published(options)).toEqual(warned ? [memory] : []);
});

it.each(['dangerouslyAllowHttp', 'dangerouslySkipCsrf'] as const)('[R96] [RULE 1.6] says that %s is on', (option) => {
  const said = `Option ${option} is on: a protection is off.`;
  expect(published({ [option]: true })).toEqual([said]);
  expect(published({ [option]: false })).toEqual([]);
});

it('says what sessions in cookies cannot do', () => {
  const cookie = { sealed: true };
  expect(published({ session: { cookie } })).toEqual([
    expect.stringMatching(/^Sessions are in cookies/),
    expect.stringMatching(/^Logouts are remembered in the memory of this process/),
  ]);
  expect(published({ session: { cookie, store: new PlainStore(new TestClock()) } })).toHaveLength(1);
});

it('[R96] says it once to the process, however many clients there are', () => {
  process.env.NODE_ENV = 'production';
  for (const issuer of ['https://a.example', 'https://b.example']) expect(published({}, issuer)).toEqual([memory]);
  // All tests of this file share one process.
  const texts = emitWarning.mock.calls.map(([text]) => text);
  expect(texts).toContainEqual(memory);
  expect(new Set(texts).size).toBe(texts.length);
});
