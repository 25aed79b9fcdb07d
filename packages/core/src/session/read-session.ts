import type { OidcClient } from '../client/client.js';
import { endSessions } from '../logout/end-sessions.js';
import { setCookie, type Cookies } from './cookies.js';
import { Session } from './session.js';
import type { SessionRecord } from './session-store.js';
import { expiryOf } from './start-session.js';

/** Milliseconds between two notes that a session is in use. */
const touchInterval = 60_000;
/** Seconds; browsers keep no cookie longer. */
const longestCookie = 400 * 86_400;

/**
 * Reads the session that a cookie names: one read of the store, nothing over the network to the OP. An id that the
 * store does not know is no session, whoever made it up.
 * @throws UnavailableError `store_unavailable`
 */
export async function readSession(client: OidcClient, cookies: Cookies): Promise<Session | undefined> {
  const id = cookies.one(client.cookies.session);
  if (id?.length !== 43) return undefined;
  const record = await client.store.read(client.ref, client.recordId(id));
  if (!record) return undefined;
  const clock = client.store.now();
  const now = typeof clock === 'number' ? clock : await clock;
  if (now < record.expiresAt) return new Session(client, await touch(client, record, now));
  await endSessions(client, { client: client.ref, sessionId: record.id }, 'expired');
  return undefined;
}

/** Notes the use, once a minute at most; a store that cannot is asked again at the next request. */
async function touch(client: OidcClient, record: SessionRecord, now: number): Promise<SessionRecord> {
  if (now - record.usedAt < Math.min(touchInterval, client.settings.idle / 10)) return record;
  const times = { usedAt: now, expiresAt: expiryOf(client, record.startedAt, now) };
  const touched = await client.store.touch(client.ref, record.id, times).catch(() => false);
  return touched ? { ...record, ...times } : record;
}

/** The cookie of a session: its id, and nothing else. */
export function sessionCookie({ cookies, settings }: OidcClient, id: string): string {
  const maxAge = Math.min(Math.ceil(settings.absolute / 1000), longestCookie);
  return setCookie(cookies.session, id, { secure: settings.secure, ...(settings.persistentCookie && { maxAge }) });
}
