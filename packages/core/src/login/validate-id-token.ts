import { hash } from 'node:crypto';
import type { OidcClient } from '../client/client.js';
import { decryptionOf } from '../client/credentials.js';
import { equalInConstantTime } from '../crypto.js';
import { ResponseError } from '../errors.js';
import { verifyJwt } from '../keys/verify-jwt.js';
import { IdToken } from '../messages/index.js';
import type { Login } from '../session/login-cookies.js';
import type { LoginTokens } from './exchange-code.js';

/** An ID token of the token endpoint may be longer than what a request may carry. */
export const longestIdToken = 64 * 1024;

/** A validated ID token: its claims, and the signed text that a later logout shows as a hint. */
export interface ValidatedIdToken {
  /** The claims. */
  readonly idToken: IdToken;
  /** The text that is signed, decrypted where it came encrypted. */
  readonly jws: string;
}

/**
 * Validates the ID token of a login, in the order of the specification; the signature always, the nonce always.
 * [OIDC Core section 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)
 * @throws ResponseError `jwt_*`, `id_token_*`, `invalid_message`
 * @throws UnavailableError `no_usable_key`, `op_unreachable`
 */
export async function validateIdToken(
  client: OidcClient,
  tokens: LoginTokens,
  login: Login,
): Promise<ValidatedIdToken> {
  // 6. - 8. the signature, by the one algorithm that was agreed on
  const algorithm = await client.idTokenAlgorithm();
  const { claims, jws } = await verifyJwt(tokens.id_token, client.keysFor(algorithm, 'tokens'), {
    algorithms: [algorithm],
    types: IdToken.jwtTypes,
    maxLength: longestIdToken,
    ...decryptionOf(client.settings),
  });
  const idToken = IdToken.fromJson(claims);
  // 2. - 5. and 9. - 13. what the claims say
  const { clockTolerance, extraTrustedAudiences } = client.settings;
  idToken.validate({
    issuer: client.ref.issuer,
    clientId: client.ref.clientId,
    nonce: login.nonce,
    extraTrustedAudiences,
    clockTolerance,
    now: client.now(),
    ...(login.acr && { validateAcr: (acr) => acr !== undefined && login.acr!.includes(acr) }),
    ...(login.maxAge !== undefined && { minAuthTime: Math.floor(login.createdAt / 1000) - login.maxAge }),
  });
  checkAccessTokenHash(idToken, tokens.access_token, algorithm);
  return { idToken, jws };
}

/** at_hash, where it is there: the left half of the access token's hash. [OIDC Core section 3.1.3.8](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowTokenValidation) */
export function checkAccessTokenHash(
  idToken: IdToken<{ at_hash?: unknown }>,
  accessToken: string,
  algorithm: string,
): void {
  const { at_hash: given } = idToken;
  if (given === undefined) return;
  const digest = hash(hashOfAlgorithm(algorithm), Buffer.from(accessToken, 'ascii'), 'buffer');
  const expected = digest.subarray(0, digest.length / 2).toString('base64url');
  if (typeof given !== 'string' || !equalInConstantTime(given, expected)) {
    throw new ResponseError('id_token_hash', 'Expected at_hash to be the hash of the access token, came another.');
  }
}

/** The hash that belongs to a signature algorithm; Ed25519 signs with SHA-512. */
function hashOfAlgorithm(algorithm: string): string {
  const bits = /(256|384|512)$/.exec(algorithm)?.[1] ?? '512';
  return `sha${bits}`;
}
