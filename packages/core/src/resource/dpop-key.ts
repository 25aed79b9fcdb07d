import type { KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { createKey } from '../keys/import-key.js';

const most = 10_000;
const imported = new Map<string, KeyObject>();

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
