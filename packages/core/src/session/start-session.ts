import type { OidcClient } from '../client/client.js';
import { DeniedError, ResponseError } from '../errors.js';
import { eventSessionOf, publish } from '../events.js';
import { endSessions } from '../logout/end-sessions.js';
import { revokeTokens } from '../logout/revoke-tokens.js';
import type { IdToken, TokenSuccessResponse } from '../messages/index.js';
import type { CarriedSession, SessionDraft } from './carrier.js';
import type { Cookies } from './cookies.js';
import type { Login } from './login-cookies.js';
import { expiryOf } from './lifetime.js';
import { sessionTokens, type SessionTokens } from './tokens.js';

/** Seconds; what is beyond the year 9999 is no time. */
const latest = 253402300799;

/** What a login brought. */
export interface LoginResult {
  /** What the token endpoint answered. */
  readonly tokens: TokenSuccessResponse;
  /** The validated ID token. */
  readonly idToken: IdToken;
  /** The signed text of the ID token. */
  readonly jws: string;
  /** What the program shall see as its user. */
  readonly user: unknown;
  /** The record id of the session whose cookie came with the callback. */
  readonly previous?: string;
  /** The cookies that came with it. */
  readonly cookies: Cookies;
}

/**
 * Starts the session of a login under a new id, and ends the one that the login began under and the one whose
 * cookie came with the callback: a session never changes hands.
 * @returns the session, with the cookies that carry it
 * @throws DeniedError `login_ended` when a logout came that covers this login
 * @throws ResponseError `id_token_exp` when the OP says that the session is over already
 * @throws UnavailableError `store_unavailable`, `store_full`
 */
export async function startSession(client: OidcClient, login: Login, result: LoginResult): Promise<CarriedSession> {
  const { idToken, jws, tokens, user, cookies } = result;
  const now = await client.store.now();
  const kept = sessionTokens(tokens, jws, now);
  const limit = limitOf(idToken);
  if (limit && limit.endsBy <= now) throw over(client, kept);
  const draft: SessionDraft = {
    client: client.ref,
    sub: idToken.sub,
    ...(idToken.sid !== undefined && { sid: idToken.sid }),
    createdAt: login.createdAt,
    iat: idToken.iat,
    startedAt: now,
    usedAt: now,
    expiresAt: expiryOf(client.settings, { startedAt: now, ...limit }, now),
    ...limit,
    user,
  };
  const session = await client.carrier.start(draft, kept, cookies);
  if (!session) throw ended(client, kept);
  for (const sessionId of replaced(login, result.previous)) {
    await endSessions(client, { client: client.ref, sessionId }, 'new_login');
  }
  publish('latchkey:session', { type: 'created', client: client.ref, at: now, ...eventSessionOf(session.record) });
  return session;
}

/** The OP's own end of the session, where its ID token names one: IPSIE's `session_expiry`, seconds since the epoch. */
function limitOf({ session_expiry: expiry }: IdToken<{ session_expiry?: unknown }>): { endsBy: number } | undefined {
  const isTime = typeof expiry === 'number' && expiry >= 0 && expiry <= latest;
  return isTime ? { endsBy: expiry * 1000 } : undefined;
}

/** A session that is over as it begins would send its browser to the OP for another one, and again. */
function over(client: OidcClient, tokens: SessionTokens): ResponseError {
  revokeTokens(client, tokens);
  return new ResponseError('id_token_exp', 'Expected session_expiry in the future, came one in the past.');
}

function ended(client: OidcClient, tokens: SessionTokens): DeniedError {
  revokeTokens(client, tokens);
  return new DeniedError('login_ended', 'Expected no logout since this login began, came one that covers it.', {
    status: 400,
    publicMessage: 'While you were signing in, you were signed out. Please sign in again.',
  });
}

function replaced(login: Login, previous: string | undefined): ReadonlySet<string> {
  return new Set([login.sessionHash, previous].filter((id) => id !== undefined));
}
