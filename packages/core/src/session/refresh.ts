import { setTimeout as wait } from 'node:timers/promises';
import type { OidcClient } from '../client/client.js';
import { refreshGrant } from '../client/refresh-grant.js';
import { TokenEndpointError } from '../client/token-endpoint.js';
import { hashOf } from '../crypto.js';
import { DeniedError, OidcError, UnavailableError } from '../errors.js';
import { validateRefreshedIdToken } from '../login/validate-refreshed-id-token.js';
import { endSessions } from '../logout/end-sessions.js';
import type { TokenSuccessResponse } from '../messages/index.js';
import { delayAfterFailure, noteFailure, noteSuccess } from './refresh-backoff.js';
import type { SessionRecord } from './session-store.js';
import { claimsOf, openTokens, sealTokens, sessionTokens, type SessionTokens } from './tokens.js';

/** Milliseconds between two looks at a refresh that another process does. */
const lookInterval = 50;

/** The refreshes that this process does right now, by record. */
const flights = new WeakMap<OidcClient, Map<string, Promise<SessionRecord>>>();

/**
 * Refreshes a session's tokens, once for all who ask at the same time, on every machine: the others get the result.
 * @returns the record with the new tokens
 * @throws DeniedError `login_required` when the session is over, also since the OP refused its refresh token
 * @throws UnavailableError when the OP or the store cannot be reached, or a try failed a moment ago: the session stays
 */
export async function refresh(client: OidcClient, record: SessionRecord): Promise<SessionRecord> {
  const mine = flights.get(client) ?? new Map<string, Promise<SessionRecord>>();
  flights.set(client, mine);
  const flight = mine.get(record.id) ?? refreshUnderLock(client, record).finally(() => mine.delete(record.id));
  mine.set(record.id, flight);
  return flight;
}

async function refreshUnderLock(client: OidcClient, seen: SessionRecord): Promise<SessionRecord> {
  const { store, ref, settings } = client;
  // Longer than the holder can need: a token request, and keys for the ID token.
  const lockLife = 3 * settings.httpTimeout;
  const deadline = client.clock.now() + settings.httpTimeout;
  for (;;) {
    const release = await store.lock(ref, hashOf('refresh', seen.id), lockLife);
    const latest = await store.read(ref, seen.id);
    try {
      if (!latest) throw over('Expected a session to refresh, came one that has ended.');
      // Somebody was faster: theirs is the newest refresh token.
      if (latest.version !== seen.version) return latest;
      if (release) return await refreshNow(client, latest);
    } finally {
      await release?.();
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
  if (tokens?.refreshToken === undefined) throw over('Expected a refresh token that opens, came none.');
  try {
    const response = await refreshGrant(client, tokens.refreshToken);
    const original = claimsOf(tokens);
    if (response.id_token !== undefined)
      await validateRefreshedIdToken(client, { jwt: response.id_token, accessToken: response.access_token, original });
    const written = await write(client, record, await mergedTokens(client, tokens, response));
    await noteSuccess(client, record.id);
    return written;
  } catch (error) {
    if (isInvalidGrant(error)) return refused(client, record);
    if (error instanceof OidcError && !(error instanceof DeniedError)) await noteFailure(client, record.id);
    throw error;
  }
}

/** A refresh token that did not come again stays; the ID token of the login stays, since every later one is held against it. */
async function mergedTokens(
  client: OidcClient,
  old: SessionTokens,
  response: TokenSuccessResponse,
): Promise<SessionTokens> {
  const fresh = sessionTokens(response, old.idToken, await client.store.now());
  return {
    ...(old.refreshToken !== undefined && { refreshToken: old.refreshToken }),
    ...(old.scope !== undefined && { scope: old.scope }),
    ...fresh,
  };
}

/** Writes over whatever else was changed meanwhile: nobody else holds tokens as new as these. */
async function write(client: OidcClient, record: SessionRecord, tokens: SessionTokens): Promise<SessionRecord> {
  const sealed = sealTokens(client, record.id, tokens);
  for (
    let latest: SessionRecord | undefined = record;
    latest;
    latest = await client.store.read(client.ref, record.id)
  ) {
    const next: SessionRecord = { ...latest, tokens: sealed, version: latest.version + 1 };
    if (await client.store.update(next)) return next;
  }
  throw over('The session ended while it was refreshed, so its new tokens were dropped.');
}

/** The OP may have refused what another process has already replaced; only the newest refresh token speaks for a session. */
async function refused(client: OidcClient, record: SessionRecord): Promise<SessionRecord> {
  const latest = await client.store.read(client.ref, record.id);
  if (latest && latest.version !== record.version) return latest;
  await endSessions(client, { client: client.ref, sessionId: record.id }, 'refresh_refused');
  throw over('The OP refused the refresh token, so the session has ended.');
}

function isInvalidGrant(error: unknown): boolean {
  return error instanceof TokenEndpointError && error.response.error === 'invalid_grant';
}

function over(message: string): DeniedError {
  return new DeniedError('login_required', message, {
    status: 401,
    publicMessage: 'Your session is over. Please sign in again.',
  });
}
