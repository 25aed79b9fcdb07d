import type { ClientRef, MarkRequest, SessionRecord, SessionTarget } from './session-store.js';

/** A thing that may happen once: a login's state, a logout token, a DPoP proof. */
export interface Use {
  /** `state` gives way to newer ones when the store is full, `logout-token` and `dpop` refuse the newcomer. */
  readonly kind: 'state' | 'logout-token' | 'dpop';
  /** A hash; the store never sees the value. */
  readonly key: string;
  /** Whose uses are counted together against a bound of their own: for `dpop` the key's thumbprint. */
  readonly holder?: string;
}

/** What `isMarked` answers. */
export interface MarkAnswer {
  /** Whether a logout covers the session, which is then over. */
  readonly marked: boolean;
  /** The store's first moment, in milliseconds by its own clock: marks from before it are lost, so what is older cannot be trusted. */
  readonly epoch: number;
}

/** Why a session ended. */
export type EndReason =
  'rp_initiated' | 'back_channel' | 'front_channel' | 'local' | 'new_login' | 'expired' | 'evicted' | 'refresh_refused';

/** What every process hears when a logout was carried out anywhere. Everything in it is hashed by `hashOf`. */
export interface LogoutNotice {
  /** `hashOf(issuer, clientId)`. */
  readonly client: string;
  /** The ended sessions, as their records name them; empty where sessions cannot be enumerated. */
  readonly sessions: readonly string[];
  /** `hashOf(sid)` when the logout named one. */
  readonly sid?: string;
  /** `hashOf(sub)` when the logout named one. */
  readonly sub?: string;
}

/**
 * What logout needs of a store, also where sessions live in the browser. Every method rejects when the store
 * cannot be reached. Lifetimes are milliseconds. Prove an implementation with `logoutStoreContract`.
 */
export interface LogoutStore {
  /** Sets a mark or raises the one there is; false when the store is too full to keep it. */
  mark(target: SessionTarget, mark: MarkRequest): Promise<boolean>;
  /** Says whether a mark refuses this session. */
  isMarked(session: Pick<SessionRecord, 'id' | 'client' | 'sub' | 'sid' | 'createdAt' | 'iat'>): Promise<MarkAnswer>;
  /** Claims a use: true for the first to ask, false for everybody after it. Rejects with `store_full` when it cannot remember. */
  firstUse(client: ClientRef, use: Use, life: number): Promise<boolean>;
  /** Looks whether a use was claimed, and claims nothing. */
  used(client: ClientRef, use: Use): Promise<boolean>;
  /** Keeps sealed bytes for a while, replacing what was there under the key. */
  keep(client: ClientRef, key: string, bytes: Uint8Array, life: number): Promise<void>;
  /** Returns the kept bytes, or undefined. */
  recall(client: ClientRef, key: string): Promise<Uint8Array | undefined>;
  /** Takes a lock that frees itself after `life`; undefined while another holds it. Releasing a lock that is lost does nothing. */
  lock(client: ClientRef, key: string, life: number): Promise<(() => Promise<void>) | undefined>;
  /** The store's own clock, in milliseconds: the one that every time in a record is measured by. */
  now(): number | Promise<number>;
  /** What keeps the store from being relied on, in plain words; empty when all is well. */
  ready(): Promise<readonly string[]>;
  /** Hears of every logout from now on, whichever process carried it out; resolves to a function that ends it. */
  subscribe(listener: (notice: LogoutNotice) => void): Promise<() => Promise<void>>;
}
