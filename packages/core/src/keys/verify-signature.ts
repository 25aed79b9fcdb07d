import {
  constants,
  createHmac,
  KeyObject,
  type SigningOptions,
  timingSafeEqual,
  verify,
  type webcrypto,
} from 'node:crypto';
import { isCryptoKey, isUint8Array } from 'node:util/types';
import type { CryptoKey } from 'jose';
import { keyShape } from './algorithms.js';

/** What a signature is verified with: a public key, or the bytes of a client secret. */
export type VerificationKey = CryptoKey | KeyObject | Uint8Array;

/** How a family of algorithms signs: the type of its keys, by their names here and in Web Crypto, and what Node must be told. */
interface Family {
  readonly type: string;
  readonly webName: string;
  readonly how: SigningOptions;
}

const families: Readonly<Record<string, Family>> = {
  RS: { type: 'rsa', webName: 'RSASSA-PKCS1-v1_5', how: { padding: constants.RSA_PKCS1_PADDING } },
  PS: {
    type: 'rsa',
    webName: 'RSA-PSS',
    how: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  },
  ES: { type: 'ec', webName: 'ECDSA', how: { dsaEncoding: 'ieee-p1363' } },
  Ed: { type: 'ed25519', webName: 'Ed25519', how: {} },
};
const curves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
const minimalModulus = 2048;

/**
 * Whether this key made the signature of a JWS in compact form; false too where the key is of another kind than the
 * algorithm's. It is done at once, on this thread: the way to another thread and back costs several times what the
 * verification does.
 *
 * @see [RFC 7518, section 3](https://www.rfc-editor.org/rfc/rfc7518#section-3)
 */
export function isSignedBy(jws: string, alg: string, key: VerificationKey): boolean {
  const [first, end] = [jws.indexOf('.'), jws.lastIndexOf('.')];
  // Four characters are three bytes; one left over is none, though decoding takes it.
  if (first % 4 === 1 || (end - first - 1) % 4 === 1 || (jws.length - end - 1) % 4 === 1) return false;
  const data = Buffer.from(jws.slice(0, end), 'latin1');
  const signature = Buffer.from(jws.slice(end + 1), 'base64url');
  if (isUint8Array(key)) return isSealedBy(data, signature, { alg, secret: key });
  const family = families[alg.slice(0, 2)];
  const made = family && keyObjectOf(key, alg, family);
  if (!made) return false;
  try {
    return verify(hashOf(alg), data, { key: made, ...family.how }, signature);
  } catch {
    return false; // a signature of a form that its algorithm does not have
  }
}

/** HS*: the hash keyed with the secret. */
function isSealedBy(
  data: Buffer,
  signature: Buffer,
  { alg, secret }: { readonly alg: string; readonly secret: Uint8Array },
): boolean {
  const hash = hashOf(alg);
  if (!alg.startsWith('HS') || hash === undefined) return false;
  const expected = createHmac(hash, secret).update(data).digest();
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}

/** The key, if it is public and of the algorithm's kind: RSA from 2048 bits, the curve that belongs to the hash. */
function keyObjectOf(key: CryptoKey | KeyObject, alg: string, { type, webName }: Family): KeyObject | undefined {
  const made = isCryptoKey(key) ? fromCryptoKey(key, alg, webName) : key;
  if (made?.type !== 'public' || made.asymmetricKeyType !== type) return undefined;
  const { modulusLength = minimalModulus, namedCurve } = made.asymmetricKeyDetails ?? {};
  if (modulusLength < minimalModulus) return undefined;
  return namedCurve === undefined || curves[namedCurve] === keyShape(alg)?.crv ? made : undefined;
}

/** Whoever imported a key for Web Crypto bound it to one algorithm and to what it may do. */
function fromCryptoKey(key: webcrypto.CryptoKey, alg: string, webName: string): KeyObject | undefined {
  const { name, hash } = key.algorithm as { name: string; hash?: { name: string } };
  const fits = name === webName && (hash === undefined || hash.name === `SHA-${alg.slice(2)}`);
  return fits && key.usages.includes('verify') ? KeyObject.from(key) : undefined;
}

/** The hash of an algorithm; Ed25519 has its own within. */
function hashOf(alg: string): string | undefined {
  const bits = /^(?:RS|PS|ES|HS)(256|384|512)$/.exec(alg)?.[1];
  return bits && `sha${bits}`;
}
