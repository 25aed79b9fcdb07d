import { optionsFor, type PartyOptions } from '../../../test/relying-party.js';
import { OidcClient } from '../client.js';
import { authenticate, type ClientAuthentication } from './authenticate.js';

const basic = { headers: { Authorization: `Basic ${Buffer.from('app:the-client-secret').toString('base64')}` } };

it.each<[what: string, options: PartyOptions, added: ClientAuthentication]>([
  ['a secret alone', {}, { ...basic, parameters: {} }],
  ['client_secret_basic', { clientAuthMethod: 'client_secret_basic' }, { ...basic, parameters: {} }],
  [
    'client_secret_post',
    { clientAuthMethod: 'client_secret_post' },
    { headers: {}, parameters: { client_id: 'app', client_secret: 'the-client-secret' } },
  ],
  ['no secret', { clientSecret: undefined }, { headers: {}, parameters: { client_id: 'app' } }],
  [
    'none, beside a secret',
    { clientAuthMethod: 'none', clientSecret: 's' },
    { headers: {}, parameters: { client_id: 'app' } },
  ],
])('%s decides how a client proves itself', (_what, options, added) => {
  const client = new OidcClient(optionsFor('https://op.example', 'https://app.example', options));
  expect(authenticate(client)).toEqual(added);
});
