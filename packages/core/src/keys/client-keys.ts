import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { isKeyObject } from 'node:util/types';
import type { JWK } from 'jose';
import { ConfigurationError, show } from '../errors.js';
import { asymmetricAlgorithms } from './algorithms.js';
import { keyAlgorithms } from './decrypt-jwe.js';
import { createKey, fitsAlgorithm } from './import-key.js';
import { thumbprintOf } from './thumbprint.js';

/** A private key as a program gives it: Node's, or a JWK, whose `kid` and `alg` then hold. */
export type PrivateKey = KeyObject | JWK;

/** A private key of ours, with what others may know of it. */
export interface ClientKey {
  readonly key: KeyObject;
  /** The public half, as `GET /auth/jwks` serves it: with `kid`, `use`, and `alg` where it has one. */
  readonly jwk: Readonly<JWK> & { readonly kid: string };
}

/** Our keys by what they are for; each has a `kid` of its own. */
export interface ClientKeys {
  /** The first signs; the others are published. Each has an `alg`. */
  readonly clientKeys: readonly ClientKey[];
  /** All open. */
  readonly decryptionKeys: readonly ClientKey[];
}

interface GivenKeys {
  readonly clientKeys?: readonly PrivateKey[] | undefined;
  readonly decryptionKeys?: readonly PrivateKey[] | undefined;
}

const noKeys: ClientKeys = { clientKeys: [], decryptionKeys: [] };

/** Whether a value may be a private key; which kind of key it is shows when it is imported. */
export function isPrivateKey(value: unknown): boolean {
  if (isKeyObject(value)) return value.type === 'private';
  const { kty, d } = (value ?? {}) as JWK;
  return typeof kty === 'string' && typeof d === 'string';
}

/**
 * Imports our private keys. A key that is no JWK, or one without `kid`, is named by its thumbprint; one to sign with
 * that names no `alg` gets RS256, EdDSA or what belongs to its curve.
 * @param old the keys that stay where none are given
 * @throws ConfigurationError `invalid_option`, which shows nothing of a key
 */
export function importClientKeys({ clientKeys, decryptionKeys }: GivenKeys, old = noKeys, path = ''): ClientKeys {
  const keys = {
    clientKeys: clientKeys?.map((key, n) => signingKey(key, `${path}clientKeys[${n}]`)) ?? old.clientKeys,
    decryptionKeys:
      decryptionKeys?.map((key, n) => decryptionKey(key, `${path}decryptionKeys[${n}]`)) ?? old.decryptionKeys,
  };
  const kids = [...keys.clientKeys, ...keys.decryptionKeys].map(({ jwk }) => jwk.kid);
  if (new Set(kids).size < kids.length)
    throw invalid('clientKeys and decryptionKeys', 'keys with a kid of their own', 'two with one');
  return keys;
}

function signingKey(given: PrivateKey, option: string): ClientKey {
  const { key, jwk, said } = read(given, { option, use: 'sig' });
  const alg = said.alg ?? ['RS256', ...asymmetricAlgorithms].find((each) => fitsAlgorithm(jwk, each));
  if (alg === undefined || !fitsAlgorithm(jwk, alg))
    throw invalid(option, `a key that signs with ${show(alg ?? 'what we support')}`, 'one of another kind');
  return { key, jwk: published({ ...jwk, alg }, said, 'sig') };
}

function decryptionKey(given: PrivateKey, option: string): ClientKey {
  const { key, jwk, said } = read(given, { option, use: 'enc' });
  const wraps = keyAlgorithms.filter((alg) => alg.startsWith(jwk.kty === 'RSA' ? 'RSA' : 'ECDH'));
  if (jwk.crv === 'Ed25519') throw invalid(option, 'a key that decrypts', 'one of Ed25519, which only signs');
  const { alg } = said;
  if (alg !== undefined && !wraps.includes(alg)) throw invalid(option, `alg ${wraps.join(' or ')}`, show(alg));
  return { key, jwk: published(alg === undefined ? jwk : { ...jwk, alg }, said, 'enc') };
}

function published(jwk: JWK, { kid }: JWK, use: 'sig' | 'enc'): ClientKey['jwk'] {
  return Object.freeze({ ...jwk, kid: kid ?? thumbprintOf(jwk), use });
}

/** The key, its public half, and what its JWK said beside. */
function read(
  given: PrivateKey,
  { option, use }: { readonly option: string; readonly use: string },
): { key: KeyObject; jwk: JWK; said: JWK } {
  const said: JWK = isKeyObject(given) ? {} : given;
  if (said.use !== undefined && said.use !== use) throw invalid(option, `use ${use}`, show(said.use));
  for (const name of ['kid', 'alg'] as const)
    if (said[name] !== undefined && typeof said[name] !== 'string')
      throw invalid(option, `${name} to be a text`, typeof said[name]);
  try {
    const key = isKeyObject(given) ? given : createPrivateKey({ key: given, format: 'jwk' });
    const jwk = createPublicKey(key).export({ format: 'jwk' });
    if (isSupported(jwk)) return { key, jwk, said };
  } catch {
    // of a kind that has no JWK, or members that are no key: what is wrong with it must not show it
  }
  throw invalid(option, 'a private key: RSA of 2048 bits or more, P-256, P-384, P-521, Ed25519 or X25519', 'another');
}

function isSupported(jwk: JWK): boolean {
  const curves = ['P-256', 'P-384', 'P-521', 'Ed25519', 'X25519'];
  return (jwk.kty === 'RSA' || curves.includes(jwk.crv ?? '')) && createKey(jwk) !== undefined;
}

function invalid(option: string, expected: string, came: string): ConfigurationError {
  return new ConfigurationError('invalid_option', `Option ${option}: expected ${expected}, came ${came}.`);
}

/** The public halves of all our keys, as others may see them. */
export function publicKeysOf({ clientKeys, decryptionKeys }: ClientKeys): {
  readonly keys: readonly ClientKey['jwk'][];
} {
  return { keys: [...clientKeys, ...decryptionKeys].map(({ jwk }) => jwk) };
}
