import type { Cookies } from './cookies.js';
import type { EndedSessions, MarkRequest, SessionRecord, SessionTarget } from './session-store.js';
import type { SessionTokens } from './tokens.js';

/** A session as a request brings it. */
export interface CarriedSession {
  /** The session, as a store keeps it. */
  readonly record: SessionRecord;
  /** Opens its tokens; undefined when the secret that sealed them was taken out of use. */
  readonly openTokens: () => SessionTokens | undefined;
  /** `Set-Cookie` lines for the answer; none while the session was noted as used a moment ago. */
  readonly cookies: readonly string[];
}

/** What a login makes a session of; the carrier gives it its id. */
export type SessionDraft = Omit<SessionRecord, 'id' | 'tokens' | 'version'>;

/** How sessions get from one request to the next: by a store, of which the cookie holds a key, or whole in the cookie. */
export interface SessionCarrier {
  /** How long a mark must be kept, so that it outlives every session and every login that it refuses; milliseconds. */
  readonly markLife: number;
  /** Whether all sessions of a user or a sid can be found; else they end when their cookies come. */
  readonly enumerates: boolean;
  /** The moment at which a login begins, in milliseconds by the store's clock. */
  beginning(): Promise<number>;
  /** Reads the session that a request brings. */
  read(cookies: Cookies): Promise<CarriedSession | undefined>;
  /** What `read` resolves with, at once, of a session that needs nothing else; undefined: only `read` can tell. */
  readNow?(cookies: Cookies): CarriedSession | undefined;
  /** The session as it is by now, without a note that it is used; undefined when it is over. */
  look(record: SessionRecord): Promise<SessionRecord | undefined>;
  /** Begins a session in place of what the cookies carried, and returns it with its own; undefined when a mark refuses it. */
  start(draft: SessionDraft, tokens: SessionTokens, before: Cookies): Promise<CarriedSession | undefined>;
  /** `Set-Cookie` lines that take the session out of a browser. */
  clear(cookies: Cookies): readonly string[];
  /** Ends what a target names and marks it. */
  end(target: SessionTarget, mark?: MarkRequest): Promise<EndedSessions>;
}
