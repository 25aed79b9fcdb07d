import { hash } from 'node:crypto';
import type { JWK } from 'jose';

const members: Readonly<Record<string, readonly string[]>> = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
};

/** The thumbprint of a public JWK. [RFC 7638 section 3](https://www.rfc-editor.org/rfc/rfc7638#section-3) */
export function thumbprintOf(jwk: JWK): string {
  return hash('sha256', JSON.stringify(jwk, [...(members[jwk.kty ?? ''] ?? [])]), 'base64url');
}
