import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { asymmetricAlgorithms, keyShape } from './algorithms.js';

/** One key of a JWK set that can verify signatures, imported. */
export interface SetKey {
  readonly jwk: JWK;
  readonly key: KeyObject;
}

const members = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'], OKP: ['crv', 'x'] } as const;
const privateMembers = ['k', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];
const minimalModulus = 2048;
const imported = new WeakMap<object, KeyObject | undefined>();

/**
 * The keys of a JWK set that can verify: public, for signatures, of a kind we support (not secp256k1), RSA from
 * 2048 bits. The others are skipped, for an OP may publish what only others can use.
 *
 * @see [RFC 7517, section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)
 */
export function usableKeys(keys: readonly unknown[]): SetKey[] {
  return keys.filter(isObject).flatMap((jwk) => {
    const key = importKey(jwk);
    return key ? [{ jwk, key }] : [];
  });
}

// A key object, not a CryptoKey: those belong to one algorithm, while an RSA key without `alg` may serve six.
function importKey(jwk: JWK): KeyObject | undefined {
  if (!imported.has(jwk)) imported.set(jwk, isForVerifying(jwk) ? createKey(jwk) : undefined);
  return imported.get(jwk);
}

/** Whether a JWK may verify signatures: public, meant for that, of a kind we support. */
export function isForVerifying(jwk: JWK): boolean {
  if (jwk.use !== undefined && jwk.use !== 'sig') return false;
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify'))) return false;
  // A private key that was published is everybody's key.
  if (privateMembers.some((name) => name in jwk)) return false;
  return asymmetricAlgorithms.some((alg) => fitsAlgorithm(jwk, alg));
}

/** Whether the key's `kty`, `crv` and, where it has one, `alg` fit an algorithm. */
export function fitsAlgorithm(jwk: JWK, alg: string): boolean {
  const shape = keyShape(alg);
  if (!shape || jwk.kty !== shape.kty || (shape.crv !== undefined && jwk.crv !== shape.crv)) return false;
  // EdDSA and Ed25519 are two names of one thing on this curve (RFC 9864).
  return jwk.alg === undefined || jwk.alg === alg || (shape.crv === 'Ed25519' && keyShape(jwk.alg)?.crv === 'Ed25519');
}

/** Makes a key of a JWK's public members; nothing where they are none, or an RSA key is too short. */
export function createKey(jwk: JWK): KeyObject | undefined {
  const names: readonly (keyof JWK)[] = members[jwk.kty as keyof typeof members];
  const key = Object.fromEntries(['kty' as const, ...names].map((name) => [name, jwk[name]]));
  try {
    const imported = createPublicKey({ key, format: 'jwk' });
    return (imported.asymmetricKeyDetails?.modulusLength ?? minimalModulus) < minimalModulus ? undefined : imported;
  } catch {
    return undefined; // members that are no key, a point that is not on its curve
  }
}

function isObject(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null;
}
