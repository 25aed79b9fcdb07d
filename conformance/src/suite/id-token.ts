import { createHash } from 'node:crypto';
import type { Claims } from './deviations.js';
import { registeredAlgorithm, signClaims } from './sign.js';
import type { Grant, TestRun } from './test-run.js';

/** The one user of this OP. */
export const subject = 'user-subject-1234531';
const lifetime = 300;

/** Issues the ID token of a grant, with what the module gets wrong about it. */
export async function issueIdToken(run: TestRun, grant: Grant, accessToken: string): Promise<string> {
  const { idToken, idTokenSignature } = run.deviations;
  const right = claimsOf(run, grant, accessToken);
  const jws = await signClaims(run, idToken?.(right, run) ?? right, idTokenSignature);
  run.idTokens.push(jws);
  return jws;
}

function claimsOf(run: TestRun, { nonce, hasMaxAge }: Grant, accessToken: string): Claims {
  const iat = Math.floor(Date.now() / 1000);
  return {
    iss: run.issuer,
    sub: subject,
    aud: run.client.client_id,
    ...(nonce !== undefined && { nonce }),
    iat,
    exp: iat + lifetime,
    at_hash: halfHash(registeredAlgorithm(run), accessToken),
    ...(hasMaxAge && { auth_time: iat }),
    ...(run.deviations.logout && { sid: run.sid }),
  };
}

function halfHash(alg: string, text: string): string {
  const bits = /\d{3}$/.exec(alg)?.[0] ?? '512';
  const digest = createHash(`sha${bits}`).update(text, 'ascii').digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
