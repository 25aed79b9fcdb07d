import type { OidcClient } from '../client/client.js';
import { requestTokens } from '../client/token-endpoint.js';
import { ResponseError } from '../errors.js';
import { TokenRequest, type AuthenticationSuccessResponse, type TokenSuccessResponse } from '../messages/index.js';
import type { Login } from '../session/login-cookies.js';

/** What the token endpoint answers a login with: an ID token is always there. */
export type LoginTokens = TokenSuccessResponse & { readonly id_token: string };

/**
 * Exchanges the code for tokens, once: a code that was sent is never sent again.
 * [OIDC Core section 3.1.3](https://openid.net/specs/openid-connect-core-1_0.html#TokenEndpoint), [RFC 7636 section 4.5](https://www.rfc-editor.org/rfc/rfc7636#section-4.5)
 * @throws ResponseError `token_endpoint_error`, `token_type`, `id_token_missing`, `invalid_message`
 * @throws UnavailableError `op_unreachable`
 */
export async function exchangeCode(
  client: OidcClient,
  response: AuthenticationSuccessResponse,
  login: Login,
): Promise<LoginTokens> {
  const tokens = await requestTokens(
    client,
    TokenRequest.of({
      grant_type: 'authorization_code',
      code: response.code,
      redirect_uri: client.redirectUri,
      code_verifier: login.codeVerifier,
    }),
  );
  if (!hasIdToken(tokens))
    throw new ResponseError(
      'id_token_missing',
      'Expected an id_token in the token response, came none: is the scope openid granted?',
    );
  return tokens;
}

function hasIdToken(tokens: TokenSuccessResponse): tokens is LoginTokens {
  return tokens.id_token !== undefined;
}
