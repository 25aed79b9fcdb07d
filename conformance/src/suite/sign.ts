import { sign, unsigned } from '../../../packages/core/test/keys.js';
import type { Claims, Signature } from './deviations.js';
import type { TestRun } from './test-run.js';

/** The algorithm that the client is registered with. */
export function registeredAlgorithm(run: TestRun): string {
  return run.client.id_token_signed_response_alg ?? 'RS256';
}

/** Signs claims as the OP of this run does, by default rightly. The header has no typ, as the suite's has none. */
export async function signClaims(run: TestRun, claims: Claims, signature: Signature = {}): Promise<string> {
  const { alg = registeredAlgorithm(run), corrupt = false } = signature;
  if (alg === 'none') return unsigned({ alg }, claims);
  const jws = await (alg.startsWith('HS') ? signBySecret(run, alg, claims) : signByKey(run, alg, claims));
  return corrupt ? corruptSignature(jws) : jws;
}

function signBySecret(run: TestRun, alg: string, claims: Claims): Promise<string> {
  return sign(new TextEncoder().encode(run.client.client_secret ?? ''), { alg }, claims);
}

function signByKey(run: TestRun, alg: string, claims: Claims): Promise<string> {
  const key = run.keys.signingKey(alg);
  const { kid } = key.jwk;
  return sign(key, { alg, ...(kid !== undefined && { kid }) }, claims);
}

function corruptSignature(jws: string): string {
  const [header, payload, signature = ''] = jws.split('.');
  const bytes = Buffer.from(signature, 'base64url').map((byte) => byte ^ 0x5a);
  return `${header}.${payload}.${Buffer.from(bytes).toString('base64url')}`;
}
