import { ConfigurationError, UnavailableError } from '../errors.js';
import { subscribe, type ProviderEvent } from '../events.js';
import { publishFetch } from './publish-fetch.js';

const ref = { issuer: 'https://op.example', clientId: 'app' };
const about = { ref, clock: { now: () => 5 } };

it.each<[string, Parameters<typeof publishFetch>[1], unknown, Partial<ProviderEvent>]>([
  ['metadata that came', 'metadata_fetched', undefined, { type: 'metadata_fetched' }],
  ['keys that came', 'keys_fetched', undefined, { type: 'keys_fetched' }],
  [
    'keys that did not',
    'keys_fetched',
    new UnavailableError('no_usable_key', 'none'),
    { type: 'unreachable', endpoint: 'keys', code: 'no_usable_key' },
  ],
  [
    'metadata of another issuer',
    'metadata_fetched',
    new ConfigurationError('issuer_mismatch', 'another'),
    { type: 'unreachable', endpoint: 'metadata', code: 'issuer_mismatch' },
  ],
  [
    'a failure that is none of ours',
    'metadata_fetched',
    new Error('secret'),
    { type: 'unreachable', endpoint: 'metadata', code: 'op_unreachable' },
  ],
])('tells of %s', (_name, type, error, expected) => {
  const heard: unknown[] = [];
  const unsubscribe = subscribe('latchkey:provider', (event) => heard.push(event));
  publishFetch(about, type, error);
  unsubscribe();
  expect(heard).toEqual([{ client: ref, at: 5, ...expected }]);
});
