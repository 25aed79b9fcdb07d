import { createHash } from 'node:crypto';
import type { JWK } from 'jose';
import { equalInConstantTime, hashOf } from '../crypto.js';
import { DeniedError, OidcError, ResponseError, show, UnavailableError } from '../errors.js';
import { asymmetricAlgorithms } from '../keys/algorithms.js';
import { fitsAlgorithm, isForVerifying } from '../keys/import-key.js';
import { readHeader, readObject } from '../keys/jwt-header.js';
import { thumbprintOf } from '../keys/thumbprint.js';
import { isSignedBy } from '../keys/verify-signature.js';
import { DpopProof } from '../messages/dpop-proof.js';
import { isObject } from '../messages/members.js';
import type { LogoutStore } from '../session/logout-store.js';
import type { ClientRef } from '../session/session-store.js';
import { proofKey } from './dpop-key.js';
import type { DpopNonces } from './dpop-nonce.js';
import { normalHtu } from './htu.js';

/** What a proof is held against. Times are seconds. */
export interface DpopExpectations {
  /** The header `DPoP` as it came; several are joined by commas. */
  readonly proof: string | null | undefined;
  /** The method of the request. */
  readonly method: string;
  /** Where the request went, built from the configured base URL; nothing where that cannot be said. */
  readonly url: string | undefined;
  /** The access token beside which the proof came, verified. */
  readonly accessToken: string;
  /** The thumbprint of the key that the token is bound to: its `cnf.jkt`. */
  readonly jkt: string;
  readonly now: number;
  /** How old a proof may be. */
  readonly window: number;
  /** How far the clocks may differ. */
  readonly tolerance: number;
  /** Where a nonce is asked for. */
  readonly nonces?: DpopNonces | undefined;
  /** Where it is remembered that a proof was used. */
  readonly store: Pick<LogoutStore, 'firstUse'>;
  /** Whose uses these are. */
  readonly client: ClientRef;
}

/** The codes of errors that a bad proof has. */
type DpopCode = Extract<ResponseError['code'], `dpop_${string}`>;

/** A DPoP proof was refused: status 401, and what the challenge's `error` is. */
export class DpopError extends ResponseError {
  /** What the challenge says. [RFC 9449 section 7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1) */
  readonly error: 'invalid_dpop_proof' | 'use_dpop_nonce';

  constructor(code: DpopCode, message: string, nonce?: string) {
    const headers: Record<string, string> = nonce === undefined ? {} : { 'DPoP-Nonce': nonce };
    super(code, message, { status: 401, publicMessage: 'This request was refused.', headers });
    this.error = code === 'dpop_nonce' ? 'use_dpop_nonce' : 'invalid_dpop_proof';
  }
}

/** The signature algorithms that proofs may have: what the challenge's `algs` says. */
export const dpopAlgorithms: readonly string[] = asymmetricAlgorithms;

const maxLength = 16_384;
const proofShape = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Verifies that whoever sent an access token holds the key that it is bound to, and sent this very request (RULES 6.5).
 * [RFC 9449 section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)
 * @returns a nonce for the answer's header `DPoP-Nonce`, when a newer one is due
 * @throws DpopError `dpop_*`
 * @throws DeniedError `invalid_request` where several proofs came: 400
 * @throws UnavailableError `store_full`, `store_unavailable`
 */
export async function verifyDpopProof(expected: DpopExpectations): Promise<string | undefined> {
  const { jkt, now, window, tolerance } = expected;
  // 1. One proof, of the right kind, that names its key
  const jws = onlyProof(expected.proof);
  const { alg, jwk } = readKey(jws);
  // 2. The key is the token's
  if (!equalInConstantTime(thumbprintOf(jwk), jkt)) throw new DpopError('dpop_key', "Expected the token's own key.");
  // 3. The signature is by it; nothing is read before that
  const key = proofKey(jwk, jkt);
  if (!key || !isSignedBy(jws, alg, key))
    throw new DpopError('dpop_signature', `Expected a proof signed with ${alg} by the key that it names.`);
  const proof = readProof(jws);
  // 4. to 6. The method, the URL, the token
  checkRequest(proof, expected);
  // 7. The time
  if (!(proof.iat <= now + Math.max(tolerance, 10) && now <= proof.iat + window + tolerance))
    throw new DpopError('dpop_iat', `Expected iat within ${window} s before ${now}, came ${proof.iat}.`);
  // 8. The nonce
  const nonce = checkNonce(proof, expected.nonces);
  // 9. Never before; remembered for as long as it would pass
  const end = proof.iat + window + tolerance;
  await claim(expected, proof.jti, Math.ceil((end - now) * 1000) + 1000);
  return nonce;
}

function onlyProof(proof: string | null | undefined): string {
  if (proof == null || proof === '') throw new DpopError('dpop_proof', 'Expected the header DPoP, came none.');
  if (proof.includes(','))
    throw new DeniedError('invalid_request', 'Expected one DPoP header, came several.', { status: 400 });
  if (proof.length <= maxLength && proofShape.test(proof)) return proof;
  throw new DpopError('dpop_proof', `Expected a signed JWT of at most ${maxLength} characters in the header DPoP.`);
}

/** The key in the header, public and of its algorithm's kind. */
function readKey(jws: string): { readonly alg: string; readonly jwk: JWK } {
  const { alg, typ, jwk } = asProof(() => readHeader(jws));
  if (typ?.toLowerCase().replace(/^application\//, '') !== 'dpop+jwt')
    throw new DpopError('dpop_proof', `Expected typ dpop+jwt, came ${show(typ)}.`);
  if (!dpopAlgorithms.includes(alg))
    throw new DpopError('dpop_proof', `Expected one of ${dpopAlgorithms.join(', ')}, came ${show(alg)}.`);
  if (isObject(jwk) && isForVerifying(jwk) && fitsAlgorithm(jwk, alg)) return { alg, jwk };
  throw new DpopError('dpop_proof', `Expected jwk to be a public key for ${alg} without a private part.`);
}

function readProof(jws: string): DpopProof {
  const payload = Buffer.from(jws.slice(jws.indexOf('.') + 1, jws.lastIndexOf('.')), 'base64url');
  return asProof(() => DpopProof.fromJson(readObject(payload, 'the DPoP proof')));
}

/** What is wrong with a proof's form is wrong with the proof. */
function asProof<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OidcError) throw new DpopError('dpop_proof', error.message);
    throw error;
  }
}

function checkRequest(proof: DpopProof, { method, url, accessToken }: DpopExpectations): void {
  if (proof.htm !== method) throw new DpopError('dpop_htm', `Expected htm ${show(method)}, came ${show(proof.htm)}.`);
  const here = url === undefined ? undefined : normalHtu(url);
  if (here === undefined || normalHtu(proof.htu) !== here)
    throw new DpopError('dpop_htu', `Expected htu ${show(here)}, came ${show(proof.htu)}.`);
  const ath = createHash('sha256').update(accessToken).digest('base64url');
  if (!equalInConstantTime(proof.ath ?? '', ath))
    throw new DpopError('dpop_ath', 'Expected ath to be the hash of the access token, came another or none.');
}

function checkNonce({ nonce }: DpopProof, nonces: DpopNonces | undefined): string | undefined {
  if (!nonces) return undefined;
  const verdict = nonce === undefined ? 'wrong' : nonces.judge(nonce);
  if (verdict === 'fresh') return undefined;
  const current = nonces.current();
  if (verdict === 'stale') return current;
  throw new DpopError('dpop_nonce', 'Expected a nonce of ours that is not too old, came another or none.', current);
}

async function claim({ store, client, jkt }: DpopExpectations, jti: string, life: number): Promise<void> {
  const first = await claimed(() => store.firstUse(client, { kind: 'dpop', key: hashOf(jkt, jti), holder: jkt }, life));
  if (!first) throw new DpopError('dpop_replayed', 'Expected a proof that was never used, came one that was.');
}

/** A store that fails says nothing of the proof. */
async function claimed(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof OidcError) throw error;
    throw new UnavailableError('store_unavailable', 'The store of used proofs failed.', { cause: error });
  }
}
