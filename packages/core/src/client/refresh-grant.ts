import { TokenRequest, type TokenSuccessResponse } from '../messages/index.js';
import type { OidcClient } from './client.js';
import { requestTokens } from './token-endpoint.js';

/**
 * Asks for new tokens with a refresh token. [OIDC Core section 12](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens)
 * @throws ResponseError `token_endpoint_error`, `token_type`, `invalid_message`
 * @throws UnavailableError `op_unreachable`
 */
export function refreshGrant(client: OidcClient, refreshToken: string): Promise<TokenSuccessResponse> {
  return requestTokens(client, TokenRequest.of({ grant_type: 'refresh_token', refresh_token: refreshToken }));
}
