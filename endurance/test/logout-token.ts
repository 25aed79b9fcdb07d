import { randomUUID } from 'node:crypto';
import { backChannelLogoutEvent } from '@latchkey/core';
import { sign, type TestKey } from '../../packages/core/test/keys.js';

/** An OP whose key is known, so that tokens of it can be signed by hand. */
export interface Signer {
  readonly op: { readonly issuer: string };
  readonly key: TestKey;
}

/** A logout token of the OP's for one client, about a session there, a user, or both. */
export function logoutToken({ op, key }: Signer, audience: string, claims: object): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: 'RS256', typ: 'logout+jwt', kid: key.jwk.kid };
  const about = { iss: op.issuer, aud: audience, iat: now, exp: now + 120, jti: randomUUID() };
  return sign(key, header, { ...about, events: { [backChannelLogoutEvent]: {} }, ...claims });
}
