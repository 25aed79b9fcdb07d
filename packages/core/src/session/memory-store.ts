import { checkOptions, Whole, With } from '../check-options.js';
import { systemClock, type Clock } from '../clock.js';
import { hashOf } from '../crypto.js';
import { UnavailableError } from '../errors.js';
import { eventSessionOf, publish, tell } from '../events.js';
import { frozenCopy } from '../frozen.js';
import { markKeyOf, markKeysOf, noticeOf, raise, refuses, type Mark } from '../logout/mark.js';
import { Optional } from '../messages/optional.js';
import { ExpiringMap } from './expiring-map.js';
import type { LogoutNotice, MarkAnswer, Use } from './logout-store.js';
import type {
  ClientRef,
  EndedSessions,
  MarkRequest,
  SessionRecord,
  SessionStore,
  SessionTarget,
} from './session-store.js';
import { Uses } from './uses.js';

/** How much a `MemoryStore` holds. No bound is at the cost of another. */
export class MemoryStoreOptions {
  /** Where the time comes from; default: the process's clock. */
  @Optional() @With('a clock', 'now') clock?: Clock;
  /** Sessions; the one that was idle the longest gives way. Default 100000. */
  @Optional() @Whole('sessions') maxSessions?: number;
  /** Logouts to remember; more are refused. Default 100000. */
  @Optional() @Whole('marks') maxMarks?: number;
  /** Used logout tokens to remember; more are refused. Default 100000. */
  @Optional() @Whole('logout tokens') maxLogoutTokens?: number;
  /** Used logins to remember; the oldest gives way. Default 100000. */
  @Optional() @Whole('states') maxStates?: number;
  /** Used DPoP proofs to remember; more are refused. Default 100000. */
  @Optional() @Whole('proofs') maxProofs?: number;
  /** Uses to remember for one holder; more are refused. Default 10000. */
  @Optional() @Whole('uses') maxPerHolder?: number;
  /** Values kept, and locks held; more of either are refused. Default 10000. */
  @Optional() @Whole('entries') maxKept?: number;
}

interface KeptMark extends Mark {
  readonly until: number;
}

/**
 * Sessions in the memory of this process: logout and the single use of a login reach no other process, and a restart
 * ends all sessions. Each method does its work in one go, so that nothing comes between its steps.
 */
export class MemoryStore implements SessionStore {
  readonly #clock: Clock;
  readonly #epoch: number;
  readonly #sessions: ExpiringMap<SessionRecord>;
  /** Keys of sessions, by the key of every mark that could end them. */
  readonly #index = new Map<string, Set<string>>();
  readonly #marks: ExpiringMap<KeptMark>;
  readonly #uses: Readonly<Record<Use['kind'], Uses>>;
  readonly #kept: ExpiringMap<Uint8Array>;
  readonly #locks: ExpiringMap<symbol>;
  readonly #listeners = new Set<{ readonly listener: (notice: LogoutNotice) => void }>();

  /** @throws ConfigurationError `invalid_option` */
  constructor(given: MemoryStoreOptions = {}) {
    const options = checkOptions(MemoryStoreOptions, given, 'MemoryStore.');
    const usesOf = (max = 100_000, givesWay = false): Uses =>
      new Uses(max, { perHolder: options.maxPerHolder ?? 10_000, givesWay });
    this.#clock = options.clock ?? systemClock;
    this.#epoch = this.#clock.now();
    this.#sessions = new ExpiringMap(options.maxSessions ?? 100_000, (record) => this.#unindex(record));
    this.#marks = new ExpiringMap(options.maxMarks ?? 100_000);
    this.#uses = {
      state: usesOf(options.maxStates, true),
      'logout-token': usesOf(options.maxLogoutTokens),
      dpop: usesOf(options.maxProofs),
    };
    this.#kept = new ExpiringMap(options.maxKept ?? 10_000);
    this.#locks = new ExpiringMap(options.maxKept ?? 10_000);
  }

  create(record: SessionRecord): Promise<boolean> {
    return settle(() => {
      const now = this.now();
      const [key, ...others] = markKeysOf(record);
      if (this.#sessions.get(key, now) || this.#isRefused(record, now)) return false;
      const evicted = this.#sessions.isFull(now) ? this.#sessions.removeOldest() : undefined;
      this.#put(key, frozenCopy(record), now);
      for (const name of others) this.#index.set(name, (this.#index.get(name) ?? new Set()).add(key));
      if (evicted) this.#tellEvicted(evicted, now);
      return true;
    });
  }

  read(client: ClientRef, id: string): Promise<SessionRecord | undefined> {
    return settle(() => this.#sessions.get(markKeyOf({ client, sessionId: id }), this.now()));
  }

  /**
   * What `read` of this store resolves with, at once: a promise for what lies at hand costs more than to take it. Of
   * another store, and of one whose `read` or whose clock somebody has replaced, nothing is said. @internal
   */
  static readNow(store: object, client: ClientRef, id: string): SessionRecord | undefined {
    if (!(#sessions in store) || store.read !== own.read.value || store.now !== own.now.value) return undefined;
    return store.#sessions.get(markKeyOf({ client, sessionId: id }), store.now());
  }

  update(record: SessionRecord): Promise<boolean> {
    return settle(() => {
      const now = this.now();
      const key = markKeyOf({ client: record.client, sessionId: record.id });
      const stored = this.#sessions.get(key, now);
      if (stored?.version !== record.version - 1) return false;
      const { user, tokens, usedAt, expiresAt, version } = record;
      this.#put(key, frozenCopy({ ...stored, user, tokens, usedAt, expiresAt, version }), now);
      return true;
    });
  }

  touch(client: ClientRef, id: string, times: Pick<SessionRecord, 'usedAt' | 'expiresAt'>): Promise<boolean> {
    return settle(() => {
      const now = this.now();
      const key = markKeyOf({ client, sessionId: id });
      const stored = this.#sessions.get(key, now);
      if (!stored) return false;
      const usedAt = Math.max(stored.usedAt, times.usedAt);
      const expiresAt = Math.max(stored.expiresAt, times.expiresAt);
      this.#put(key, Object.freeze({ ...stored, usedAt, expiresAt }), now);
      return true;
    });
  }

  end(target: SessionTarget, request?: MarkRequest): Promise<EndedSessions> {
    return settle(() => {
      const now = this.now();
      const { mark, marked } = request ? this.#raise(target, request, now) : { mark: undefined, marked: true };
      const named = this.#find(markKeyOf(target), now);
      const sessions = named.filter((record) => !mark || refuses(mark, record));
      for (const { client, id } of sessions) this.#sessions.remove(markKeyOf({ client, sessionId: id }));
      if (request || sessions.length > 0) this.#tell(target, sessions);
      return { sessions, marked };
    });
  }

  list(client: ClientRef, sub: string): Promise<readonly SessionRecord[]> {
    return settle(() => this.#find(markKeyOf({ client, sub }), this.now()).sort((a, b) => b.startedAt - a.startedAt));
  }

  mark(target: SessionTarget, request: MarkRequest): Promise<boolean> {
    return settle(() => {
      const { marked } = this.#raise(target, request, this.now());
      this.#tell(target, []);
      return marked;
    });
  }

  isMarked(session: Pick<SessionRecord, 'id' | 'client' | 'sub' | 'sid' | 'createdAt' | 'iat'>): Promise<MarkAnswer> {
    return settle(() => ({ marked: this.#isRefused(session, this.now()), epoch: this.#epoch }));
  }

  firstUse(client: ClientRef, { kind, key, holder }: Use, life: number): Promise<boolean> {
    return settle(() => {
      const now = this.now();
      const name = keyOf(client, kind, key);
      if (this.#uses[kind].has(name, now)) return false;
      const holderName = holder === undefined ? undefined : keyOf(client, 'holder', holder);
      if (this.#uses[kind].add(name, holderName, { until: now + life, now })) return true;
      if (kind === 'logout-token')
        publish('latchkey:logout', { type: 'store_full', client, at: now, what: 'logout_tokens' });
      throw full(`uses of kind ${kind}`);
    });
  }

  used(client: ClientRef, { kind, key }: Use): Promise<boolean> {
    return settle(() => this.#uses[kind].has(keyOf(client, kind, key), this.now()));
  }

  keep(client: ClientRef, key: string, bytes: Uint8Array, life: number): Promise<void> {
    return settle(() => {
      const now = this.now();
      if (!this.#kept.put(keyOf(client, 'kept', key), Uint8Array.from(bytes), now + life, now))
        throw full('kept values');
    });
  }

  recall(client: ClientRef, key: string): Promise<Uint8Array | undefined> {
    return settle(() => {
      const bytes = this.#kept.get(keyOf(client, 'kept', key), this.now());
      return bytes && Uint8Array.from(bytes);
    });
  }

  lock(client: ClientRef, key: string, life: number): Promise<(() => Promise<void>) | undefined> {
    return settle(() => {
      const now = this.now();
      const name = keyOf(client, 'lock', key);
      if (this.#locks.get(name, now)) return undefined;
      const holder = Symbol();
      if (!this.#locks.put(name, holder, now + life, now)) throw full('locks');
      return () => settle(() => void (this.#locks.get(name, this.now()) === holder && this.#locks.remove(name)));
    });
  }

  now(): number {
    return this.#clock.now();
  }

  ready(): Promise<readonly string[]> {
    return settle(() => {
      const now = this.now();
      const fullOf = [
        this.#marks.isFull(now) && 'maxMarks',
        this.#uses['logout-token'].isFull(now) && 'maxLogoutTokens',
      ];
      return fullOf
        .filter((name) => name !== false)
        .map((name) => `${name} is reached: logouts are refused until older ones expire.`);
    });
  }

  subscribe(listener: (notice: LogoutNotice) => void): Promise<() => Promise<void>> {
    const subscription = { listener };
    this.#listeners.add(subscription);
    return Promise.resolve(() => settle(() => void this.#listeners.delete(subscription)));
  }

  /** Kept for as long again as it had to live when it was last used, so that core sees it expired and says so. */
  #put(key: string, record: SessionRecord, now: number): void {
    this.#sessions.put(key, record, Math.max(record.expiresAt, 2 * record.expiresAt - record.usedAt), now);
  }

  #find(name: string, now: number): SessionRecord[] {
    const keys = this.#index.get(name) ?? [name];
    return [...keys].map((key) => this.#sessions.get(key, now)).filter((record) => record !== undefined);
  }

  #unindex(record: SessionRecord): void {
    const [key, ...others] = markKeysOf(record);
    for (const name of others) {
      const keys = this.#index.get(name);
      keys?.delete(key);
      if (keys?.size === 0) this.#index.delete(name);
    }
  }

  #isRefused(
    session: Pick<SessionRecord, 'id' | 'client' | 'sub' | 'sid' | 'createdAt' | 'iat'>,
    now: number,
  ): boolean {
    return markKeysOf(session).some((key) => {
      const mark = this.#marks.get(key, now);
      return mark !== undefined && refuses(mark, session);
    });
  }

  #raise(target: SessionTarget, request: MarkRequest, now: number): { mark: Mark; marked: boolean } {
    const key = markKeyOf(target);
    const old = this.#marks.get(key, now);
    const until = Math.max(now + request.life, old?.until ?? 0);
    const mark = { ...raise(old, request, now), until };
    const marked = this.#marks.put(key, mark, until, now);
    if (!marked) publish('latchkey:logout', { type: 'store_full', client: target.client, at: now, what: 'marks' });
    return { mark, marked };
  }

  #tell(target: SessionTarget, ended: readonly SessionRecord[]): void {
    const notice = noticeOf(target, ended);
    for (const { listener } of [...this.#listeners]) tell(listener, notice, 'the session store');
  }

  #tellEvicted(record: SessionRecord, now: number): void {
    const { client, id } = record;
    publish('latchkey:session', { type: 'evicted', client, at: now, ...eventSessionOf(record) });
    this.#tell({ client, sessionId: id }, [record]);
  }
}

const own = Object.getOwnPropertyDescriptors(MemoryStore.prototype);

function keyOf(client: ClientRef, kind: string, key: string): string {
  return hashOf(kind, client.issuer, client.clientId, key);
}

function full(what: string): UnavailableError {
  return new UnavailableError('store_full', `The store holds as many ${what} as it may.`, { retryAfter: 30 });
}

/** Does the step now, and makes of what it throws a rejection. */
function settle<T>(step: () => T): Promise<T> {
  return new Promise((resolve) => resolve(step()));
}
