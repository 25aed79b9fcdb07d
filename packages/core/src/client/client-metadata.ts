import type { OidcClient } from './client.js';

/** What to register at the OP, by its registered names. [OIDC Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata) */
export interface ClientMetadata {
  readonly client_id: string;
  readonly redirect_uris: readonly string[];
  readonly response_types: readonly string[];
  readonly grant_types: readonly string[];
  readonly token_endpoint_auth_method: string;
  readonly id_token_signed_response_alg?: string;
  readonly post_logout_redirect_uris?: readonly string[];
  readonly backchannel_logout_uri?: string;
  readonly backchannel_logout_session_required?: boolean;
  readonly frontchannel_logout_uri?: string;
  readonly frontchannel_logout_session_required?: boolean;
}

/** Collects it from the client's options and routes. */
export function clientMetadata(client: OidcClient): ClientMetadata {
  const { settings, routes } = client;
  const loggedOut = routes.url('loggedOut');
  const backchannel = routes.url('backchannelLogout');
  const frontchannel = routes.url('frontchannelLogout');
  const offline = settings.scope.split(' ').includes('offline_access');
  return {
    client_id: client.ref.clientId,
    redirect_uris: [client.redirectUri],
    response_types: ['code'],
    grant_types: offline ? ['authorization_code', 'refresh_token'] : ['authorization_code'],
    token_endpoint_auth_method: settings.clientAuthMethod,
    ...(settings.idTokenAlgorithm !== undefined && { id_token_signed_response_alg: settings.idTokenAlgorithm }),
    ...(loggedOut !== undefined && { post_logout_redirect_uris: [loggedOut] }),
    ...(backchannel !== undefined && {
      backchannel_logout_uri: backchannel,
      backchannel_logout_session_required: true,
    }),
    ...(frontchannel !== undefined && {
      frontchannel_logout_uri: frontchannel,
      frontchannel_logout_session_required: true,
    }),
  };
}
