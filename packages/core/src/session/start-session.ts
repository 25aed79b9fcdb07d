import type { OidcClient } from '../client/client.js';
import { randomToken } from '../crypto.js';
import { DeniedError } from '../errors.js';
import { publish } from '../events.js';
import { endSessions } from '../logout/end-sessions.js';
import type { IdToken, TokenSuccessResponse } from '../messages/index.js';
import type { Login } from './login-cookies.js';
import type { SessionRecord } from './session-store.js';
import { sealTokens, sessionTokens } from './tokens.js';

/** What a login brought. */
export interface LoginResult {
  readonly tokens: TokenSuccessResponse;
  readonly idToken: IdToken;
  /** The signed text of the ID token. */
  readonly jws: string;
  /** What the program shall see as its user. */
  readonly user: unknown;
  /** The record id of the session whose cookie came with the callback. */
  readonly previous?: string;
}

/** A session that has just begun, and the id that its cookie carries. */
export interface StartedSession {
  readonly id: string;
  readonly record: SessionRecord;
}

/**
 * Starts the session of a login under a new id, and ends the one that the login began under and the one whose
 * cookie came with the callback: a session never changes hands.
 * @throws DeniedError `login_ended` when a logout came that covers this login
 * @throws UnavailableError `store_unavailable`, `store_full`
 */
export async function startSession(client: OidcClient, login: Login, result: LoginResult): Promise<StartedSession> {
  const id = randomToken();
  const record = await recordOf(client, client.recordId(id), login, result);
  if (!(await client.store.create(record))) {
    throw new DeniedError('login_ended', 'Expected no logout since this login began, came one that covers it.', {
      status: 400,
      publicMessage: 'While you were signing in, you were signed out. Please sign in again.',
    });
  }
  for (const sessionId of replaced(login, result.previous))
    await endSessions(client, { client: client.ref, sessionId }, 'new_login');
  publish('latchkey:session', {
    type: 'created',
    client: client.ref,
    at: record.startedAt,
    session: record.id,
    sub: record.sub,
  });
  return { id, record };
}

async function recordOf(
  client: OidcClient,
  id: string,
  login: Login,
  { idToken, jws, tokens, user }: LoginResult,
): Promise<SessionRecord> {
  const now = await client.store.now();
  return {
    id,
    client: client.ref,
    sub: idToken.sub,
    ...(idToken.sid !== undefined && { sid: idToken.sid }),
    createdAt: login.createdAt,
    iat: idToken.iat,
    startedAt: now,
    usedAt: now,
    expiresAt: expiryOf(client, now, now),
    version: 1,
    user,
    tokens: sealTokens(client, id, sessionTokens(tokens, jws, now)),
  };
}

/** When a session ends that began and was last used at these times; milliseconds. */
export function expiryOf({ settings }: OidcClient, startedAt: number, usedAt: number): number {
  return Math.min(startedAt + settings.absolute, usedAt + settings.idle);
}

function replaced(login: Login, previous: string | undefined): ReadonlySet<string> {
  return new Set([login.sessionHash, previous].filter((id) => id !== undefined));
}
