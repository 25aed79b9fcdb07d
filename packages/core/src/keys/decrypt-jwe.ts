import type { KeyObject } from 'node:crypto';
import type { CryptoKey } from 'jose';
import { ResponseError, show } from '../errors.js';
import { readHeader } from './jwt-header.js';

/**
 * The algorithms that a key may be wrapped with: no RSA1_5 (padding oracles), no PBES2 (work at the sender's choice),
 * no dir and no key wrap (shared secrets).
 */
export const keyAlgorithms: readonly string[] = [
  'RSA-OAEP',
  'RSA-OAEP-256',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
];
const contentAlgorithms = ['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512'];
const maxTries = 10;

/**
 * Decrypts a JWE in compact form, and returns the text in it.
 *
 * @param allowed the algorithms that its key may be wrapped with, of those that we have; all of them by default
 * @throws {ResponseError} `jwt_malformed`, `jwt_crit`, `jwt_alg` (alg or enc not allowed), `jwt_key` (no key opens it)
 * @see [RFC 7516, section 5.2](https://www.rfc-editor.org/rfc/rfc7516#section-5.2)
 */
export async function decryptJwe(
  jwe: string,
  keys: readonly (CryptoKey | KeyObject)[],
  allowed = keyAlgorithms,
): Promise<string> {
  const { alg, enc, zip } = readHeader(jwe);
  if (!allowed.includes(alg)) throw notAllowed('alg', allowed, alg);
  if (typeof enc !== 'string' || !contentAlgorithms.includes(enc)) throw notAllowed('enc', contentAlgorithms, enc);
  if (zip !== undefined) throw notAllowed('zip', ['nothing'], zip);
  const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] };
  const { compactDecrypt } = await import('jose'); // only where tokens come encrypted, which is seldom
  for (const key of keys.slice(0, maxTries)) {
    try {
      const { plaintext } = await compactDecrypt(jwe, key, options);
      return Buffer.from(plaintext).toString();
    } catch {
      continue; // of another kind, or not the one it was encrypted for: nobody is told which
    }
  }
  throw new ResponseError(
    'jwt_key',
    `expected a JWT encrypted for one of ${keys.length} keys, came one that none opens`,
  );
}

function notAllowed(name: string, expected: readonly string[], came: unknown): ResponseError {
  return new ResponseError('jwt_alg', `the JWE header: expected ${name} ${expected.join(' or ')}, came ${show(came)}`);
}
