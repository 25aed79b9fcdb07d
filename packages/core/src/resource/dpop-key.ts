import { hash, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { createKey } from '../keys/import-key.js';

const members: Readonly<Record<string, readonly string[]>> = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
};
const most = 10_000;
const imported = new Map<string, KeyObject>();

/** The thumbprint of a public JWK. [RFC 7638 section 3](https://www.rfc-editor.org/rfc/rfc7638#section-3) */
export function thumbprintOf(jwk: JWK): string {
  return hash('sha256', JSON.stringify(jwk, [...(members[jwk.kty ?? ''] ?? [])]), 'base64url');
}

/**
 * The key of a JWK that has this thumbprint; nothing where it is none. A client proves many requests with one key, and
 * to import one costs more than to verify with it: so the last of them are kept. Only keys that tokens are bound to
 * get here, so nobody can fill this with others.
 */
export function proofKey(jwk: JWK, thumbprint: string): KeyObject | undefined {
  const known = imported.get(thumbprint);
  if (known) return known;
  const key = createKey(jwk);
  if (!key) return undefined;
  if (imported.size >= most) imported.delete(imported.keys().next().value!);
  imported.set(thumbprint, key);
  return key;
}
