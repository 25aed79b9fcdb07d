import type { LogoutStore } from './logout-store.js';

/** The relying party at one OP: what every session, index and mark belongs to, whatever its base URL. */
export interface ClientRef {
  /** The OP's issuer identifier, as configured. */
  readonly issuer: string;
  /** The client_id, as registered there. */
  readonly clientId: string;
}

/** A signed-in browser, as a store keeps it. All times are milliseconds by the store's own clock, save `iat`. */
export interface SessionRecord {
  /** The hash of the session id; a store never sees the id itself. */
  readonly id: string;
  /** Whose session it is. */
  readonly client: ClientRef;
  /** The user at the OP. */
  readonly sub: string;
  /** The session at the OP, where its ID token names one. */
  readonly sid?: string;
  /** When the login began that made this session; never changes. */
  readonly createdAt: number;
  /** `iat` of the first ID token, in seconds of the OP's clock; never changes. */
  readonly iat: number;
  /** When the session began; its absolute lifetime counts from here. */
  readonly startedAt: number;
  /** When the OP wants it to be over, however much it is used; never changes. */
  readonly endsBy?: number;
  /** When the session was last seen in use. */
  readonly usedAt: number;
  /** When the session is over, by idle or absolute lifetime, whichever comes first. */
  readonly expiresAt: number;
  /** Counts up with each `update`; `touch` leaves it alone. */
  readonly version: number;
  /** What the program sees as its user: the claims, or what `onLogin` made of them. JSON. */
  readonly user: unknown;
  /** The tokens, the raw ID token among them, encrypted by core. */
  readonly tokens: string;
}

/** Which sessions a logout names: one, all of a session at the OP, or all of a user. */
export type SessionTarget =
  | { readonly client: ClientRef; readonly sessionId: string }
  | { readonly client: ClientRef; readonly sid: string; readonly sub?: string }
  | { readonly client: ClientRef; readonly sub: string };

/** What a logout leaves behind, so that nothing older than it comes back to life. */
export interface MarkRequest {
  /** Refuses what began at or before this time, but never later than now; left out: now. Milliseconds by the store's clock. */
  readonly at?: number;
  /** `iat` of the logout token, in seconds of the OP's clock. */
  readonly iat?: number;
  /** How long the mark must be kept at least, in milliseconds. */
  readonly life: number;
}

/** What `end` did. */
export interface EndedSessions {
  /** The sessions that ended, as they were. */
  readonly sessions: readonly SessionRecord[];
  /** False when the sessions ended but the store was too full to keep the mark: the logout then counts as failed. */
  readonly marked: boolean;
}

/**
 * Where sessions live. Every method rejects when the store cannot be reached, and then nothing has been lost;
 * each is one atomic step, so that whatever order logins, writes and logouts arrive in, a logout wins over
 * all that began before it. Prove an implementation with `sessionStoreContract`.
 */
export interface SessionStore extends LogoutStore {
  /** Stores a new session; false, and nothing stored, when a mark refuses it. */
  create(record: SessionRecord): Promise<boolean>;
  /** Reads a session of this client; undefined when it is gone. Looks at no mark, and returns an expired one as it is. */
  read(client: ClientRef, id: string): Promise<SessionRecord | undefined>;
  /** Replaces `user`, `tokens` and the times of the stored version before this one; false when it is gone or another was faster. */
  update(record: SessionRecord): Promise<boolean>;
  /** Notes that a session was used; false when it is gone. Never shortens its life. */
  touch(client: ClientRef, id: string, times: Pick<SessionRecord, 'usedAt' | 'expiresAt'>): Promise<boolean>;
  /** Sets the mark and ends every session of the target that the mark refuses, in one step. Without a mark the sessions just end. */
  end(target: SessionTarget, mark?: MarkRequest): Promise<EndedSessions>;
  /** All sessions of a user at this client, the latest first. */
  list(client: ClientRef, sub: string): Promise<readonly SessionRecord[]>;
}
