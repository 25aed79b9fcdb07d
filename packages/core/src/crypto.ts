import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 32 random bytes as 43 base64url characters: state, nonce, code verifier, session id. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 over the JSON array of the parts, as 43 base64url characters; arrays cannot be confused as joined strings can. */
export function hashOf(...parts: readonly (string | null)[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

/** Compares two strings in a time that depends on their lengths alone. */
export function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
