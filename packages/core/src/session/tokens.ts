import type { OidcClient } from '../client/client.js';
import { IdToken, type TokenSuccessResponse } from '../messages/index.js';
import type { SessionRecord } from './session-store.js';

/** The tokens of a session. They are sealed in the record and opened only when asked for. */
export interface SessionTokens {
  /** The signed ID token as it came, decrypted; the hint of a logout. */
  readonly idToken: string;
  /** For the APIs; opaque here. */
  readonly accessToken: string;
  /** When the access token expires, in milliseconds by the store's clock; undefined when the OP did not say. */
  readonly expiresAt?: number;
  /** For new tokens; undefined when the OP gave none. */
  readonly refreshToken?: string;
  /** What was granted, separated by spaces; undefined when it is what was asked for. */
  readonly scope?: string;
}

/** What a session keeps of a token response. */
export function sessionTokens(response: TokenSuccessResponse, idToken: string, now: number): SessionTokens {
  const { access_token: accessToken, expires_in: life, refresh_token: refreshToken, scope } = response;
  return {
    idToken,
    accessToken,
    ...(life !== undefined && { expiresAt: now + life * 1000 }),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(scope !== undefined && { scope }),
  };
}

/** Seals tokens for one record: in another they do not open. */
export function sealTokens(client: OidcClient, recordId: string, tokens: SessionTokens): string {
  return client.sealer.seal('tokens', recordId, JSON.stringify(tokens));
}

/** Opens a record's tokens; undefined when no secret of ours does, since one was taken out of use. */
export function openTokens(client: OidcClient, record: SessionRecord): SessionTokens | undefined {
  const text = client.sealer.open('tokens', record.id, record.tokens);
  return text === undefined ? undefined : (JSON.parse(text) as SessionTokens);
}

/** The claims of the login's ID token, which was validated before it was sealed. */
export function claimsOf({ idToken }: SessionTokens): IdToken {
  return IdToken.fromJson(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
}
