import { hash, randomFillSync, timingSafeEqual } from 'node:crypto';

/** Random bytes that nobody has got yet: to ask for a few costs as much as to ask for many. */
const pool = Buffer.alloc(4096);
let taken = pool.length;

/** Fresh random bytes. @throws RangeError for more than 4096 */
export function freshBytes(size: number): Buffer {
  if (size > pool.length) throw new RangeError(`Expected at most ${pool.length} random bytes at once, came ${size}.`);
  if (taken + size > pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  const fresh = Buffer.from(pool.subarray(taken, taken + size));
  pool.fill(0, taken, (taken += size)); // what was given away is a secret now
  return fresh;
}

/** 32 random bytes as 43 base64url characters: state, nonce, code verifier, session id. */
export function randomToken(): string {
  return freshBytes(32).toString('base64url');
}

/** SHA-256 over the JSON array of the parts, as 43 base64url characters; arrays cannot be confused as joined strings can. */
export function hashOf(...parts: readonly (string | null)[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

/** Compares two strings in a time that depends on their lengths alone. */
export function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
