import type { JWK } from 'jose';
import { publicKeysOf } from '../keys/client-keys.js';
import type { OidcClient } from './client.js';

/** What to register at the OP, by its registered names. [OIDC Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata) */
export interface RegisteredClient {
  /** The name of this client at the OP. */
  readonly client_id: string;
  /** Where the OP sends the browser back to; compared exactly. */
  readonly redirect_uris: readonly string[];
  /** `code`: the code flow. */
  readonly response_types: readonly string[];
  /** The code, and refresh tokens where the scope has `offline_access`. */
  readonly grant_types: readonly string[];
  /** How the client proves itself at the token endpoint. */
  readonly token_endpoint_auth_method: string;
  /** The algorithm of its assertions, where it proves itself by them. */
  readonly token_endpoint_auth_signing_alg?: string;
  /** Where its public keys are. */
  readonly jwks_uri?: string;
  /** Its public keys themselves, where the route that serves them is turned off. */
  readonly jwks?: { readonly keys: readonly Readonly<JWK>[] };
  /** The one algorithm of ID tokens, where the option names one. */
  readonly id_token_signed_response_alg?: string;
  /** How ID tokens and logout tokens come encrypted, where the option names it. */
  readonly id_token_encrypted_response_alg?: string;
  /** Where the browser may come back to after a logout. */
  readonly post_logout_redirect_uris?: readonly string[];
  /** Where logout tokens go. */
  readonly backchannel_logout_uri?: string;
  /** True: logout tokens name the session. */
  readonly backchannel_logout_session_required?: boolean;
  /** The page that the OP frames at a logout. */
  readonly frontchannel_logout_uri?: string;
  /** True: the framed URL names the issuer and the session. */
  readonly frontchannel_logout_session_required?: boolean;
}

/** Collects it from the client's options and routes. */
export function registeredClient(client: OidcClient): RegisteredClient {
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
    ...keysOf(client),
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

function keysOf({ settings, routes }: OidcClient): Partial<RegisteredClient> {
  const { clientKeys, idTokenEncryptedBy } = settings;
  const jwks = publicKeysOf(settings);
  const uri = routes.url('jwks');
  const alg = clientKeys[0]?.jwk.alg;
  return {
    ...(alg !== undefined && { token_endpoint_auth_signing_alg: alg }),
    ...(jwks.keys.length > 0 && (uri === undefined ? { jwks } : { jwks_uri: uri })),
    ...(idTokenEncryptedBy !== undefined && { id_token_encrypted_response_alg: idTokenEncryptedBy }),
  };
}
