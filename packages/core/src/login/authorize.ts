import type { OidcClient } from '../client/client.js';
import { randomToken } from '../crypto.js';
import { ConfigurationError } from '../errors.js';
import { AuthenticationRequest } from '../messages/index.js';
import { areParams, paramsExpected, type AuthorizationParams } from '../options.js';
import { codeChallengeOf, createCodeVerifier } from '../pkce.js';
import type { Login } from '../session/login-cookies.js';
import { localTarget } from './return-to.js';
import { type Authentication, classesOf } from './step-up.js';

/** What one login wants beside the options; with `acr` or `maxAge`, another one does not count as success. */
export interface LoginRequest extends Authentication {
  /** Where the browser goes when signed in: a path of this program. What lies elsewhere is replaced by the option `returnTo`. */
  readonly returnTo?: string;
  /** Parameters for this authentication request alone; they win over the option of the same name. */
  readonly authorizationParams?: AuthorizationParams;
  /** The record id of the session that the browser has now; it ends when the login succeeds. */
  readonly beganUnder?: string;
}

/** A login that has begun: where to send the browser, and what to keep until it comes back. */
export interface BegunLogin {
  /** The OP's authorization endpoint with the request in its query: where the browser goes. */
  readonly url: string;
  /** What the callback will be held against. */
  readonly login: Login;
}

/**
 * Begins a login: a fresh state, nonce and code verifier each, and the OP's URL that carries them.
 * [OIDC Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
 * @throws UnavailableError `op_unreachable` when there is no metadata
 * @throws ConfigurationError `issuer_mismatch`, `invalid_metadata`, `invalid_option` for the parameters of this login
 */
export async function authorize(client: OidcClient, request: LoginRequest = {}): Promise<BegunLogin> {
  const { settings } = client;
  const metadata = await client.provider.metadata();
  const classes = classesOf(request);
  const params = paramsOf(client, request, classes);
  const maxAge = params.max_age === undefined ? undefined : Number(params.max_age);
  const login: Login = {
    state: randomToken(),
    nonce: randomToken(),
    codeVerifier: createCodeVerifier(),
    returnTo: localTarget(client, request.returnTo) ?? settings.returnTo,
    createdAt: await client.carrier.beginning(),
    ...(request.beganUnder !== undefined && { sessionHash: request.beganUnder }),
    ...(maxAge !== undefined && { maxAge }),
    ...(classes.length > 0 && { acr: classes }),
  };
  const message = AuthenticationRequest.fromForm({
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
    response_type: 'code',
    client_id: client.ref.clientId,
    redirect_uri: client.redirectUri,
    scope: settings.scope,
    state: login.state,
    nonce: login.nonce,
    code_challenge: codeChallengeOf(login.codeVerifier),
    code_challenge_method: 'S256',
  });
  return { url: message.toUrl(metadata.authorization_endpoint), login };
}

/** Those of one login are checked like the option: a program may have taken them from a query. */
function paramsOf(
  { settings }: OidcClient,
  { authorizationParams = {}, maxAge }: LoginRequest,
  classes: readonly string[],
): AuthorizationParams {
  const own = {
    ...authorizationParams,
    ...(maxAge !== undefined && { max_age: maxAge }),
    ...(classes.length > 0 && { acr_values: classes.join(' ') }),
  };
  if (areParams(authorizationParams) && areParams(own)) return { ...settings.authorizationParams, ...own };
  throw new ConfigurationError('invalid_option', `authorizationParams: expected ${paramsExpected}, came others.`);
}
