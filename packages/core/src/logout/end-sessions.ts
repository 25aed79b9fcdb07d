import type { OidcClient } from '../client/client.js';
import { UnavailableError } from '../errors.js';
import { hashOf } from '../crypto.js';
import { type EventSession, eventSessionOf, publish } from '../events.js';
import { revokeTokens } from './revoke-tokens.js';
import { openTokens } from '../session/tokens.js';
import type { EndReason } from '../session/logout-store.js';
import type { ClientRef, MarkRequest, SessionRecord, SessionTarget } from '../session/session-store.js';

/** Which sessions a logout ends, and since when. */
export type LogoutTarget =
  /** One session, by its record id. It leaves no mark: a login begun elsewhere is none of its business. */
  | { readonly client: ClientRef; readonly sessionId: string }
  /** The sessions of one session at the OP; `iat` is that of the logout token, in seconds, and missing where nobody proved the logout. */
  | { readonly client: ClientRef; readonly sid: string; readonly sub?: string; readonly iat?: number }
  /** All sessions of a user at this client. */
  | { readonly client: ClientRef; readonly sub: string; readonly iat: number };

/**
 * The one place where sessions end, whichever way a logout came. What the target names is marked, so that a login,
 * a refresh or a slow write that began before cannot bring it back; what begins later is never hindered.
 * @returns the records of the sessions that ended
 * @throws UnavailableError `store_full` when sessions ended but the mark could not be kept, `store_unavailable`
 */
export async function endSessions(
  client: OidcClient,
  target: LogoutTarget,
  reason: EndReason,
): Promise<readonly SessionRecord[]> {
  const step = stepOf(client, target);
  if ('sessionId' in target || target.iat !== undefined) return carryOut(client, step, reason);
  // Over the front channel anybody may name a sid: one without a session leaves no mark, or they could be heaped up.
  const [named] = step;
  const ended = await carryOut(client, [named], reason);
  return ended.length === 0 ? ended : [...ended, ...(await carryOut(client, step, reason))];
}

type Step = readonly [SessionTarget, MarkRequest?];

async function carryOut(client: OidcClient, step: Step, reason: EndReason): Promise<readonly SessionRecord[]> {
  const { sessions, marked } = await client.carrier.end(...step);
  const ended = client.carrier.enumerates || !marked ? sessions.map(eventSessionOf) : namedBy(step);
  for (const session of ended) {
    publish('latchkey:session', { type: 'ended', client: client.ref, at: client.clock.now(), ...session, reason });
  }
  if (reason === 'rp_initiated' || reason === 'back_channel') {
    for (const record of sessions) revokeTokens(client, openTokens(client, record));
  }
  if (sessions.length > 0) await tellProgram(client, sessions, reason);
  if (!marked)
    throw new UnavailableError('store_full', 'The sessions ended, but the store is too full to remember this logout.');
  return sessions;
}

/** Where sessions cannot be enumerated, one event says what a logout named; without a mark it ended one session at most. */
function namedBy([target, mark]: Step): readonly EventSession[] {
  if ('sessionId' in target) return [{ session: target.sessionId }];
  const { sub } = target;
  return mark ? [{ ...(sub !== undefined && { sub }), ...('sid' in target && { sid: hashOf(target.sid) }) }] : [];
}

function stepOf(client: OidcClient, target: LogoutTarget): Step {
  if ('sessionId' in target) return [target];
  const { iat, ...named } = target;
  const life = client.carrier.markLife;
  if (iat === undefined) return [named, { life }];
  return [named, { at: (iat + client.settings.clockTolerance) * 1000, iat, life }];
}

async function tellProgram(client: OidcClient, sessions: readonly SessionRecord[], reason: EndReason): Promise<void> {
  try {
    await client.settings.hooks.onLogout?.({ reason, sessions });
  } catch (error) {
    publish('latchkey:logout', {
      type: 'hook_failed',
      client: client.ref,
      at: client.clock.now(),
      message: error instanceof Error ? error.message : 'unknown',
    });
  }
}
