import { makeKey } from '../../../test/keys.js';
import { optionsFor, type PartyOptions } from '../../../test/relying-party.js';
import { OidcClient } from '../client.js';
import { authenticate, type ClientAuthentication } from './authenticate.js';

const basic = { headers: { Authorization: `Basic ${Buffer.from('app:the-client-secret').toString('base64')}` } };
const { privateKey } = makeKey('P-256');
const assertion = {
  headers: {},
  parameters: {
    client_id: 'app',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
  },
};

it.each<[what: string, options: PartyOptions, added: ClientAuthentication]>([
  ['a secret alone', {}, { ...basic, parameters: {} }],
  ['client_secret_basic', { clientAuthMethod: 'client_secret_basic' }, { ...basic, parameters: {} }],
  [
    'client_secret_post',
    { clientAuthMethod: 'client_secret_post' },
    { headers: {}, parameters: { client_id: 'app', client_secret: 'the-client-secret' } },
  ],
  ['no secret', { clientSecret: undefined }, { headers: {}, parameters: { client_id: 'app' } }],
  ['keys alone', { clientSecret: undefined, clientKeys: [privateKey] }, assertion],
  ['keys beside a secret', { clientKeys: [privateKey] }, assertion],
  ['private_key_jwt', { clientAuthMethod: 'private_key_jwt', clientKeys: [privateKey] }, assertion],
  [
    'none, beside a secret',
    { clientAuthMethod: 'none', clientSecret: 's' },
    { headers: {}, parameters: { client_id: 'app' } },
  ],
])('%s: decides how a client proves itself', async (_what, options, added) => {
  const client = new OidcClient(optionsFor('https://op.example', 'https://app.example', options));
  expect(await authenticate(client, { issuer: 'https://op.example' })).toEqual(added);
});
