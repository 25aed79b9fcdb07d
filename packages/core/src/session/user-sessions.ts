import type { OidcClient } from '../client/client.js';
import { ConfigurationError } from '../errors.js';
import { endSessions } from '../logout/end-sessions.js';
import type { SessionRecord } from './session-store.js';

/** One of a user's sessions, as a page that lists them shows it. */
export interface SessionSummary {
  /** The record id: names the session, and opens nothing. */
  readonly id: string;
  /** When it began. */
  readonly startedAt: Date;
  /** When it was last seen in use. */
  readonly usedAt: Date;
  /** When it is over unless it is used again. */
  readonly expiresAt: Date;
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

/**
 * All sessions of this session's user at this client, the latest first.
 * @throws ConfigurationError `invalid_option` where sessions live in cookies
 * @throws UnavailableError `store_unavailable`
 */
export async function sessionsOfUser(client: OidcClient, own: SessionRecord): Promise<readonly SessionSummary[]> {
  if (!client.carrier.enumerates) {
    throw new ConfigurationError(
      'invalid_option',
      'Option session.cookie.sealed: sessions in cookies cannot be listed.',
    );
  }
  const [now, records] = await Promise.all([client.store.now(), client.store.list(client.ref, own.sub)]);
  return records
    .filter(({ expiresAt }) => now < expiresAt)
    .map(({ id, startedAt, usedAt, expiresAt }) => ({
      id,
      startedAt: new Date(startedAt),
      usedAt: new Date(usedAt),
      expiresAt: new Date(expiresAt),
      current: id === own.id,
    }));
}

/**
 * Ends all other sessions of this session's user at this client, as a change of password wants it.
 * @returns how many ended
 * @throws ConfigurationError `invalid_option` where sessions live in cookies
 * @throws UnavailableError `store_unavailable`: some may have ended; trying again ends the rest
 */
export async function endOtherSessions(client: OidcClient, own: SessionRecord): Promise<number> {
  const others = (await sessionsOfUser(client, own)).filter(({ current }) => !current);
  const ended = await Promise.all(
    others.map(({ id }) => endSessions(client, { client: client.ref, sessionId: id }, 'local')),
  );
  return ended.flat().length;
}
