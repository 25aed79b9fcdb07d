import { optionsFor, type PartyOptions } from '../../test/relying-party.js';
import { makeKey } from '../../test/keys.js';
import { thumbprintOf } from '../keys/thumbprint.js';
import { OidcClient } from './client.js';
import type { RegisteredClient } from './registered-client.js';

const { privateKey, jwk } = makeKey('P-256');
const registered = (options: PartyOptions = {}): RegisteredClient =>
  new OidcClient(optionsFor('https://op.example', 'https://app.example/shop', options)).metadata();

it('[RULE 4.10] says what to register, the flags of both logouts among it', () => {
  expect(registered()).toEqual({
    client_id: 'app',
    redirect_uris: ['https://app.example/shop/auth/callback'],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_basic',
    post_logout_redirect_uris: ['https://app.example/shop/auth/logged-out'],
    backchannel_logout_uri: 'https://app.example/shop/auth/backchannel-logout',
    backchannel_logout_session_required: true,
    frontchannel_logout_uri: 'https://app.example/shop/auth/frontchannel-logout',
    frontchannel_logout_session_required: true,
  });
});

it('[R10] the redirect URI is the one that is sent', () => {
  const client = new OidcClient(
    optionsFor('https://op.example', 'https://app.example', { routes: { callback: '/cb' } }),
  );
  expect([client.redirectUri, ...client.metadata().redirect_uris]).toEqual(Array(2).fill('https://app.example/cb'));
});

it.each<[options: PartyOptions, more: Partial<RegisteredClient>]>([
  [{ scope: 'openid offline_access' }, { grant_types: ['authorization_code', 'refresh_token'] }],
  [{ scope: 'openid my_offline_access' }, { grant_types: ['authorization_code'] }],
  [{ clientAuthMethod: 'none' }, { token_endpoint_auth_method: 'none' }],
  [{ idTokenSignedResponseAlg: 'ES256' }, { id_token_signed_response_alg: 'ES256' }],
  [
    { clientKeys: [privateKey] },
    {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks_uri: 'https://app.example/shop/auth/jwks',
    },
  ],
  [
    { decryptionKeys: [privateKey], idTokenEncryptedResponseAlg: 'ECDH-ES' },
    { id_token_encrypted_response_alg: 'ECDH-ES', jwks_uri: 'https://app.example/shop/auth/jwks' },
  ],
])('with %j: %j', (options, more) => expect(registered(options)).toMatchObject(more));

it('[RULE 4.10] gives the keys themselves where nothing serves them, and never their private half', () => {
  const { jwks, jwks_uri: uri } = registered({ clientKeys: [privateKey], routes: { jwks: false } });
  expect([uri, jwks?.keys]).toEqual([undefined, [{ ...jwk, kid: thumbprintOf(jwk), alg: 'ES256', use: 'sig' }]]);
});

it('leaves out what is turned off', () => {
  const routes = { loggedOut: false, backchannelLogout: false, frontchannelLogout: false } as const;
  expect(Object.keys(registered({ routes })).filter((name) => name.includes('logout'))).toEqual([]);
});

it('[R96] holds no secret', () => expect(JSON.stringify(registered())).not.toContain('the-client-secret'));
