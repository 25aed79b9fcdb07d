import { setTimeout as wait } from 'node:timers/promises';
import type { OidcClient } from '../client/client.js';
import { refreshGrant } from '../client/refresh-grant.js';
import { TokenEndpointError } from '../client/token-endpoint.js';
import { hashOf } from '../crypto.js';
import { DeniedError, OidcError, UnavailableError } from '../errors.js';
import { type EventSession, eventSessionOf, type OidcEvent, publish } from '../events.js';
import { validateRefreshedIdToken } from '../login/validate-refreshed-id-token.js';
import { endSessions } from '../logout/end-sessions.js';
import { revokeTokens } from '../logout/revoke-tokens.js';
import { delayAfterFailure, noteFailure, noteSuccess } from './refresh-backoff.js';
import type { SessionRecord } from './session-store.js';
import { claimsOf, openTokens, sealTokens, sessionTokens, type SessionTokens } from './tokens.js';

/** Milliseconds between two looks at a refresh that another process does. */
const lookInterval = 50;

/** The refreshes that this process does right now, by record. */
const flights = new WeakMap<OidcClient, Map<string, Promise<SessionRecord>>>();

/**
 * Refreshes a session's tokens, once for all who ask at the same time, on every machine: the others get the result.
 * @param isEnough whether tokens that another request has got since `record` was read will do
 * @returns the record with the new tokens
 * @throws DeniedError `login_required` when the session is over, also since the OP refused its refresh token
 * @throws UnavailableError when the OP or the store cannot be reached, or a try failed a moment ago: the session stays
 */
export async function refresh(
  client: OidcClient,
  record: SessionRecord,
  isEnough: (record: SessionRecord) => boolean,
): Promise<SessionRecord> {
  const mine = flights.get(client) ?? new Map<string, Promise<SessionRecord>>();
  flights.set(client, mine);
  const flight =
    mine.get(record.id) ?? refreshUnderLock(client, record, isEnough).finally(() => mine.delete(record.id));
  mine.set(record.id, flight);
  return flight;
}

async function refreshUnderLock(
  client: OidcClient,
  given: SessionRecord,
  isEnough: (record: SessionRecord) => boolean,
): Promise<SessionRecord> {
  const { store, ref, settings } = client;
  // Longer than the holder can need: metadata, a token request, keys for the ID token, and a store that fails.
  const lockLife = 4 * settings.httpTimeout;
  const deadline = client.clock.now() + settings.httpTimeout;
  for (let seen = given, waited = false; ; waited = true) {
    const release = await store.lock(ref, hashOf('refresh', given.id), lockLife);
    try {
      const latest = await store.read(ref, given.id);
      if (!latest) throw sessionOver('Expected a session to refresh, came one that has ended.');
      // Somebody was faster: what came while we waited is the result for all, what came before may be due again. A
      // version tells less: the program may have written something else into the record.
      if (latest.tokens !== seen.tokens && (waited || isEnough(latest))) return latest;
      if (release) return await refreshNow(client, latest);
      seen = latest;
    } finally {
      await release?.().catch(() => undefined); // it frees itself
    }
    if (client.clock.now() >= deadline)
      throw new UnavailableError('op_unreachable', 'Expected the refresh of another process to end in time.');
    await wait(lookInterval);
  }
}

async function refreshNow(client: OidcClient, record: SessionRecord): Promise<SessionRecord> {
  const delay = await delayAfterFailure(client, record.id);
  if (delay > 0)
    throw new UnavailableError('op_unreachable', 'A refresh failed a moment ago, so none is tried yet.', {
      retryAfter: Math.ceil(delay / 1000),
    });
  const tokens = openTokens(client, record);
  if (tokens?.refreshToken === undefined) throw sessionOver('Expected a refresh token that opens, came none.');
  let fresh: SessionTokens;
  try {
    fresh = await freshTokens(client, tokens, tokens.refreshToken);
  } catch (error) {
    if (isInvalidGrant(error)) return refused(client, record);
    if (!(error instanceof OidcError)) throw error;
    await noteFailure(client, record.id);
    throw failed(client, record, error);
  }
  const written = await write(client, record, fresh);
  publish('latchkey:token', { type: 'refreshed', ...about(client, record) });
  await noteSuccess(client, record.id);
  return written;
}

/** A refresh token that did not come again stays; the ID token of the login stays, since every later one is held against it. */
async function freshTokens(client: OidcClient, old: SessionTokens, refreshToken: string): Promise<SessionTokens> {
  // Asked before the OP is: what the OP then answers must not be lost to a store that fails.
  const now = await client.store.now();
  const response = await refreshGrant(client, refreshToken);
  const { id_token: jwt, access_token: accessToken } = response;
  if (jwt !== undefined) await validateRefreshedIdToken(client, { jwt, accessToken, original: claimsOf(old) });
  return {
    refreshToken,
    ...(old.scope !== undefined && { scope: old.scope }),
    ...sessionTokens(response, old.idToken, now),
  };
}

/** Whatever kept the OP's answer from being one, the session stays: its owner did nothing wrong. */
function failed(client: OidcClient, record: SessionRecord, error: OidcError): UnavailableError {
  const { code } = error;
  const at = client.clock.now();
  publish('latchkey:provider', { type: 'unreachable', client: client.ref, at, endpoint: 'tokens', code });
  publish('latchkey:token', { type: 'refresh_failed', ...about(client, record), code });
  if (error instanceof UnavailableError) return error;
  return new UnavailableError('op_unreachable', `The refresh failed. ${error.message}`, { cause: error });
}

/**
 * Writes over whatever else was changed meanwhile, and asks a store that fails again for a while: nobody else holds
 * tokens as new as these, and the OP takes the old ones no more.
 */
async function write(client: OidcClient, record: SessionRecord, tokens: SessionTokens): Promise<SessionRecord> {
  const { store, ref, clock, settings } = client;
  const { id } = record;
  const sealed = sealTokens(client, id, tokens);
  const deadline = clock.now() + settings.httpTimeout;
  for (;;) {
    try {
      const latest = await store.read(ref, id);
      if (!latest) break;
      const next: SessionRecord = { ...latest, tokens: sealed, version: latest.version + 1 };
      if (await store.update(next)) return next;
    } catch (error) {
      if (clock.now() >= deadline) {
        publish('latchkey:token', { type: 'refresh_failed', ...about(client, record), code: 'store_unavailable' });
        throw error;
      }
      await wait(lookInterval);
    }
  }
  revokeTokens(client, tokens);
  throw sessionOver('The session ended while it was refreshed, so its new tokens were dropped.');
}

/** The OP may have refused what another process has already replaced; only the newest refresh token speaks for a session. */
async function refused(client: OidcClient, record: SessionRecord): Promise<SessionRecord> {
  const latest = await client.store.read(client.ref, record.id);
  if (latest && latest.tokens !== record.tokens) return latest;
  await endSessions(client, { client: client.ref, sessionId: record.id }, 'refresh_refused');
  publish('latchkey:token', { type: 'refresh_refused', ...about(client, record) });
  throw sessionOver('The OP refused the refresh token, so the session has ended.');
}

function about(client: OidcClient, record: SessionRecord): OidcEvent & EventSession {
  return { client: client.ref, at: client.clock.now(), ...eventSessionOf(record) };
}

function isInvalidGrant(error: unknown): boolean {
  return error instanceof TokenEndpointError && error.response.error === 'invalid_grant';
}

/** Only signing in again helps. */
export function sessionOver(message: string): DeniedError {
  return new DeniedError('login_required', message, {
    status: 401,
    publicMessage: 'Your session is over. Please sign in again.',
  });
}
