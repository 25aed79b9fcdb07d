import { hashOf } from '../crypto.js';
import { TextCache } from '../text-cache.js';
import type { LogoutNotice } from '../session/logout-store.js';
import type { ClientRef, MarkRequest, SessionRecord, SessionTarget } from '../session/session-store.js';

/** A target, whatever it names. */
type Named = { readonly client: ClientRef; readonly sessionId?: string; readonly sid?: string; readonly sub?: string };

/** What a logout leaves behind. `at` and `seen` are milliseconds by the store's clock, `iat` seconds by the OP's. */
export interface Mark {
  /** Refuses every login that began at or before this. */
  readonly at: number;
  /** `iat` of the latest logout token. */
  readonly iat?: number;
  /** When the latest logout arrived. */
  readonly seen: number;
}

/**
 * Whether a mark refuses a session, or a login about to become one: when the login began at or before `at`, or at
 * or before `seen` with an ID token older than the logout token, both of which the OP's own clock has dated.
 */
export function refuses(mark: Mark, session: Pick<SessionRecord, 'createdAt' | 'iat'>): boolean {
  if (session.createdAt <= mark.at) return true;
  return mark.iat !== undefined && session.createdAt <= mark.seen && session.iat < mark.iat;
}

/** The mark that stands after one more logout; nothing ever lowers one. */
export function raise(old: Mark | undefined, request: Pick<MarkRequest, 'at' | 'iat'>, now: number): Mark {
  const at = Math.max(Math.min(now, request.at ?? now), old?.at ?? -Infinity);
  const seen = Math.max(now, old?.seen ?? -Infinity);
  const iat = Math.max(request.iat ?? -Infinity, old?.iat ?? -Infinity);
  return iat === -Infinity ? { at, seen } : { at, iat, seen };
}

/** The keys of sessions by their ids, since every request needs one: two hashes are half of what it would cost. */
const sessionKeys = new TextCache<{ readonly client: ClientRef; readonly key: string }>(10_000);

/** The key of the mark that a logout of this target leaves; the sessions it names are found under the same key. */
export function markKeyOf(target: SessionTarget): string {
  const { client, sessionId, sid, sub }: Named = target;
  if (sessionId !== undefined) return sessionKeyOf(client, sessionId);
  const keyOf = (kind: string, ...named: string[]): string => hashOf(kind, client.issuer, client.clientId, ...named);
  if (sid !== undefined) return sub === undefined ? keyOf('sid', sid) : keyOf('sid+sub', sid, sub);
  if (sub !== undefined) return keyOf('sub', sub);
  throw new TypeError('A logout names a session, a sid or a sub.');
}

function sessionKeyOf({ issuer, clientId }: ClientRef, id: string): string {
  const known = sessionKeys.get(id);
  if (known?.client.issuer === issuer && known.client.clientId === clientId) return known.key;
  const key = hashOf('session', issuer, clientId, id);
  sessionKeys.put(id, { client: { issuer, clientId }, key });
  return key;
}

/** The keys of sessions that cannot change any more. */
const keysOfFrozen = new WeakMap<object, ReturnType<typeof markKeysOf>>();

/** The keys of all marks that can refuse a session: its own first. */
export function markKeysOf(
  session: Pick<SessionRecord, 'id' | 'client' | 'sid' | 'sub'>,
): readonly [own: string, ...others: string[]] {
  const before = keysOfFrozen.get(session);
  if (before) return before;
  const { client, id, sid, sub } = session;
  const named: SessionTarget[] =
    sid === undefined
      ? [{ client, sub }]
      : [
          { client, sub },
          { client, sid },
          { client, sid, sub },
        ];
  const keys: ReturnType<typeof markKeysOf> = [markKeyOf({ client, sessionId: id }), ...named.map(markKeyOf)];
  if (Object.isFrozen(session)) keysOfFrozen.set(session, keys);
  return keys;
}

/** What the store's subscribers hear of a logout. */
export function noticeOf(target: SessionTarget, ended: readonly Pick<SessionRecord, 'id'>[]): LogoutNotice {
  const { client, sid, sub }: Named = target;
  return Object.freeze({
    client: hashOf(client.issuer, client.clientId),
    sessions: Object.freeze(ended.map(({ id }) => id)),
    ...(sid !== undefined && { sid: hashOf(sid) }),
    ...(sub !== undefined && { sub: hashOf(sub) }),
  });
}
