import { createHash, randomUUID } from 'node:crypto';
import { sign, type TestKey } from './keys.js';

/** What a proof is for; whatever is given in `claims` and `header` stands in place of what is right. */
export interface ProofFor {
  readonly method?: string;
  readonly url: string;
  readonly token?: string;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly nonce?: string | undefined;
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
}

/** The claims of a right proof, with those that are given in place of them. */
export function proofClaims({ method = 'GET', url, token, now, nonce, claims }: ProofFor): Record<string, unknown> {
  const ath = token === undefined ? undefined : createHash('sha256').update(token).digest('base64url');
  return { jti: randomUUID(), htm: method, htu: url, iat: Math.floor(now), ath, nonce, ...claims };
}

/** Makes the DPoP proof of a key's holder; `key` signs, and stands in the header. */
export function prove(key: TestKey, { header, ...proof }: ProofFor): Promise<string> {
  const alg = key.jwk.kty === 'RSA' ? 'RS256' : key.jwk.kty === 'OKP' ? 'EdDSA' : 'ES256';
  return sign(key, { alg, typ: 'dpop+jwt', jwk: key.jwk, ...header }, proofClaims(proof));
}
