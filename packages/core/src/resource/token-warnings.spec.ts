import cluster from 'node:cluster';
import { TestClock } from '../../test/clock.js';
import { subscribe } from '../events.js';
import { MemoryStore } from '../session/memory-store.js';
import type { LogoutStore } from '../session/logout-store.js';
import type { TokenOptions } from './token-options.js';
import { TokenVerifier } from './token-verifier.js';

const issuer = 'https://op.example';
const audience = 'https://api.example';
const dpop = { dpop: true, baseUrl: audience };
const elsewhere = { firstUse: () => Promise.resolve(true), subscribe: () => Promise.resolve(() => Promise.resolve()) };
const environment = process.env.NODE_ENV;
afterEach(() => {
  process.env.NODE_ENV = environment;
  jest.restoreAllMocks();
});

/** What a verifier says at its start: as events every time, as a warning of the process once. */
function said(options: Partial<TokenOptions>): string[] {
  const heard: string[] = [];
  jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const unsubscribe = subscribe('latchkey:provider', (event) =>
    heard.push(event.type === 'warning' ? event.message : ''),
  );
  new TokenVerifier({ issuer, audience, clock: new TestClock(), ...options });
  unsubscribe();
  return heard.map((text) => text.split(' ').slice(0, 4).join(' '));
}

it.each<[string, Partial<TokenOptions>, string[]]>([
  ['nothing of good options', {}, []],
  ['nothing of another audience', { mode: 'either', clientId: 'orders' }, []],
  [
    '[RULE 5.6] that ID tokens are for the same audience',
    { mode: 'either', clientId: audience },
    ['The audience of an'],
  ],
  [
    '[RULE 5.6] the same of one of several issuers',
    { issuer: [issuer, { issuer: `${issuer}/b`, audience: ['a', 'b'], mode: 'introspection', clientId: 'b' }] },
    ['The audience of an'],
  ],
  [
    '[RULE 1.6] that a protection is off',
    { issuer: 'http://op.example', dangerouslyAllowHttp: true },
    ['Option dangerouslyAllowHttp is on:'],
  ],
  ['nothing of memory in a single process', dpop, []],
])('a verifier says %s', (_name, options, expected) => {
  expect(said(options)).toEqual(expected);
});

describe('[RULE 8.3] of used proofs in memory', () => {
  const text = ['Used DPoP proofs are'];
  it.each<[string, Partial<TokenOptions>, string[]]>([
    ['it says that they reach this process only', dpop, text],
    ['the same where the store is given', { ...dpop, store: new MemoryStore() }, text],
    ['it says nothing of another store', { ...dpop, store: elsewhere as unknown as LogoutStore }, []],
    ['it says nothing where there are no proofs', {}, []],
    ['it says nothing where proofs are refused', { dpop: false }, []],
  ])('%s, in production', (_name, options, expected) => {
    process.env.NODE_ENV = 'production';
    expect(said(options)).toEqual(expected);
  });

  it('it says so in a cluster too', () => {
    jest.replaceProperty(cluster, 'isWorker', true);
    expect(said(dpop)).toEqual(text);
  });
});
