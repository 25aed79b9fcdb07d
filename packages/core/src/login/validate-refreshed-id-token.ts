import type { OidcClient } from '../client/client.js';
import { decryptionOf } from '../client/credentials.js';
import { verifyJwt } from '../keys/verify-jwt.js';
import { IdToken } from '../messages/index.js';
import { checkAccessTokenHash, longestIdToken } from './validate-id-token.js';

/** What a refresh brought, and the ID token of the login that it continues. */
export interface RefreshedIdToken {
  readonly jwt: string;
  readonly accessToken: string;
  readonly original: IdToken;
}

/**
 * Validates the ID token of a refresh: of the same issuer, for the same user and audience as at the login.
 * [OIDC Core section 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)
 * @throws ResponseError `jwt_*`, `id_token_*`, `invalid_message`
 * @throws UnavailableError `no_usable_key`, `op_unreachable`
 */
export async function validateRefreshedIdToken(
  client: OidcClient,
  { jwt, accessToken, original }: RefreshedIdToken,
): Promise<void> {
  const { clockTolerance, extraTrustedAudiences } = client.settings;
  const algorithm = await client.idTokenAlgorithm();
  const { claims } = await verifyJwt(jwt, client.keysFor(algorithm, 'tokens'), {
    algorithms: [algorithm],
    types: IdToken.jwtTypes,
    maxLength: longestIdToken,
    ...decryptionOf(client.settings),
  });
  const idToken = IdToken.fromJson(claims);
  idToken.validate({ ...client.ref, refreshOf: original, extraTrustedAudiences, clockTolerance, now: client.now() });
  checkAccessTokenHash(idToken, accessToken, algorithm);
}
