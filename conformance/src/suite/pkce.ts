import { createHash } from 'node:crypto';
import type { Verdict } from './verdict.js';

/** Of all runs of this process: a verifier serves one login. */
const used = new Set<string>();

/** Holds the code_verifier of a token request against the code_challenge of its authentication request. */
export function checkVerifier(verdict: Verdict, challenge: string | undefined, verifier: string | null): void {
  if (challenge === undefined) {
    return verdict.expect(verifier === null, 'token: a code_verifier to no code_challenge');
  }
  if (verifier === null) return verdict.stop('token: expected a code_verifier, came none');
  const digest = createHash('sha256').update(verifier, 'ascii').digest('base64url');
  verdict.demand(digest === challenge, 'token: the code_verifier is not that of the code_challenge');
  verdict.expect(
    /^[\w.~-]{43,128}$/.test(verifier),
    'token: expected a code_verifier of 43 to 128 unreserved characters',
  );
  verdict.expect(entropy(verifier) >= 180, `token: a code_verifier of ${Math.round(entropy(verifier))} bits at most`);
  verdict.expect(!used.has(verifier), 'token: a code_verifier that was used before');
  used.add(verifier);
}

/** Shannon's estimate over the characters as they come, in bits. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - count * Math.log2(count / text.length), 0);
}
