import type { OidcClient } from '../client/client.js';
import { hashOf } from '../crypto.js';

/** Milliseconds until the first try after a failure; it doubles with each failure up to the longest. */
const first = 10_000;
const longest = 300_000;

/** How long the next refresh of a session still has to wait, in milliseconds; on every machine the same. */
export async function delayAfterFailure(client: OidcClient, sessionId: string): Promise<number> {
  const failure = await lastFailure(client, sessionId);
  return failure ? Math.max(0, failure.until - (await client.store.now())) : 0;
}

/** Notes that a refresh failed, where the store can: what failed is what its caller shall hear of. */
export async function noteFailure(client: OidcClient, sessionId: string): Promise<void> {
  const before = await lastFailure(client, sessionId).catch(() => undefined);
  const delay = Math.min(Math.max(2 * (before?.delay ?? 0), first), longest);
  await keep(client, sessionId, delay).catch(() => undefined);
}

/** Forgets earlier failures, where the store can: the new tokens count all the same. */
export async function noteSuccess(client: OidcClient, sessionId: string): Promise<void> {
  const before = await lastFailure(client, sessionId).catch(() => undefined);
  if (before) await keep(client, sessionId, 0).catch(() => undefined);
}

interface Failure {
  readonly delay: number;
  readonly until: number;
}

async function lastFailure(client: OidcClient, sessionId: string): Promise<Failure | undefined> {
  const bytes = await client.store.recall(client.ref, keyOf(sessionId));
  return bytes && (JSON.parse(Buffer.from(bytes).toString()) as Failure);
}

/** Kept as long again as the longest delay, so that a failure after it still doubles. */
async function keep(client: OidcClient, sessionId: string, delay: number): Promise<void> {
  const failure: Failure = { delay, until: (await client.store.now()) + delay };
  await client.store.keep(client.ref, keyOf(sessionId), Buffer.from(JSON.stringify(failure)), 2 * longest);
}

function keyOf(sessionId: string): string {
  return hashOf('refresh-failure', sessionId);
}
