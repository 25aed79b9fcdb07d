import { TestClock } from '../../test/clock.js';
import { refusal } from '../../test/refusal.js';
import { optionsFor } from '../../test/relying-party.js';
import { OidcClient } from '../client/client.js';
import { checkClientTokenOptions, type ClientTokenOptions, tokenOptionsOf } from './client-token-options.js';
import { TokenVerifier } from './token-verifier.js';

const clock = new TestClock();
const http = { timeout: 700 };
const options = optionsFor('https://op.example', 'https://app.example/shop', { clock, http, clockTolerance: 5 });
const client = new OidcClient({ ...options, discoveryUrl: 'https://op.example/here' });

describe('options of tokens beside sessions', () => {
  it('are those of the client where they say nothing', () => {
    const completed = tokenOptionsOf(client, { scope: 'a', audience: undefined });
    expect(completed).toEqual({
      issuer: 'https://op.example',
      discoveryUrl: 'https://op.example/here',
      audience: 'https://app.example/shop',
      baseUrl: 'https://app.example/shop',
      store: client.store,
      clock,
      http: { timeout: 700 },
      clockTolerance: 5,
      dangerouslyAllowHttp: false,
      scope: 'a',
    });
    expect(new TokenVerifier(completed).issuers).toEqual(['https://op.example']);
  });

  it.each<ClientTokenOptions>([
    { issuer: 'https://other.example' },
    { jwksUri: 'https://op.example/keys' },
    { discoveryUrl: 'https://op.example/there' },
  ])('find the metadata where they say themselves: %j', (given) => {
    expect(tokenOptionsOf(client, given)).toMatchObject(given);
    expect(tokenOptionsOf(client, given).discoveryUrl).toBe(given.discoveryUrl);
  });

  it.each<ClientTokenOptions | undefined>([undefined, {}, { scope: 'a', dpop: true, acr: 'gold', preflight: 'pass' }])(
    '%j are good before there is a client',
    (given) => {
      expect(checkClientTokenOptions(given)).toEqual(given ?? {});
    },
  );

  it.each<[option: string, given: object]>([
    ['scopes', { scopes: 'a' }],
    ['scope', { scope: '' }],
    ['audience', { audience: [] }],
    ['issuer', { issuer: 'op.example' }],
    ['clientId', { mode: 'introspection' }],
    ['claims.role', { claims: { role: [] } }],
    ['dpop.window', { dpop: { window: 301 } }],
    ['mtls', { mtls: { header: 'client-cert' } }],
    ['optional', { optional: true }],
    ['bodyToken', { bodyToken: true }],
  ])('[R96] [RULE 6.1] are refused before there is one: %s of %j', async (option, given) => {
    const error = await refusal(() => checkClientTokenOptions(given));
    expect(error.code).toBe('invalid_option');
    expect(error.message).toMatch(new RegExp(`^Option ${option}(?::| is unknown)`));
  });
});
