import { optionsFor, type PartyOptions } from '../../test/relying-party.js';
import { OidcClient } from './client.js';
import type { RegisteredClient } from './registered-client.js';

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
])('with %j: %j', (options, more) => expect(registered(options)).toMatchObject(more));

it('leaves out what is turned off', () => {
  const routes = { loggedOut: false, backchannelLogout: false, frontchannelLogout: false } as const;
  expect(Object.keys(registered({ routes })).filter((name) => name.includes('logout'))).toEqual([]);
});

it('[R96] holds no secret', () => expect(JSON.stringify(registered())).not.toContain('the-client-secret'));
