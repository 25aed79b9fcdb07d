import type { KeyObject } from 'node:crypto';
import { fitsAlgorithm, type SetKey } from './import-key.js';
import type { JwtHeader } from './jwt-header.js';

/**
 * The keys of a set that may have signed a token with this header: those of its `kid`, or all where it has none, as
 * far as `kty`, `crv` and `alg` fit. So of two keys with one `kid` the fitting one is taken.
 *
 * @see [OIDC Core, section 10.1](https://openid.net/specs/openid-connect-core-1_0.html#Signing)
 */
export function chooseKeys(keys: readonly SetKey[], { alg, kid }: JwtHeader): KeyObject[] {
  const fitting = keys.filter(({ jwk }) => (kid === undefined || jwk.kid === kid) && fitsAlgorithm(jwk, alg));
  return fitting.map(({ key }) => key);
}
