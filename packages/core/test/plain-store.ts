import { hashOf } from '../src/crypto.js';
import { raise, refuses, type Mark } from '../src/logout/mark.js';
import type { LogoutNotice, MarkAnswer, Use } from '../src/session/logout-store.js';
import type {
  ClientRef,
  EndedSessions,
  MarkRequest,
  SessionRecord,
  SessionStore,
  SessionTarget,
} from '../src/session/session-store.js';
import type { TestClock } from './clock.js';

/** What can be wrong with a store, in the words of whoever built it that way. */
export const sessionFaults = [
  'create looks at no mark',
  'create waits between its look at the marks and its write',
  'create replaces',
  'create forgives: it lowers the marks on its user',
  'read knows no client',
  'read hides what has expired',
  'holds what it was given, and gives out what it holds',
  'loses the sid',
  'update looks at no version',
  'update waits between its look at the version and its write',
  'update brings back what is gone',
  'update changes whose session it is',
  'touch brings back what is gone',
  'touch waits between its read and its write',
  'touch shortens the life',
  'touch counts the version up',
  'end sets no mark',
  'end marks after it has ended',
  'end waits between its look at the sessions and their removal',
  'end finds one session alone',
  'end of a sid marks the sub',
  'end of a session marks the sid',
  'end of a sid and a sub asks for either',
  'end asks no mark whom it refuses',
  'end asks its own mark alone',
  'end tells of what it did not end',
  'end tells nobody',
  'end tells sids as they are',
  'end knows no client',
  'a later mark replaces the one there was',
  'a mark may lie in the future',
  'a mark forgets the iat of its token',
  'a mark is refused whatever its iat',
  'a mark lives as long as the last request says',
  'identifiers are joined by colons',
  'identifiers are joined by nothing',
  'kinds of targets are not told apart',
  'list knows no client',
  'list has no order',
] as const;

export const logoutFaults = [
  'create looks at no mark',
  'a later mark replaces the one there was',
  'a mark may lie in the future',
  'a mark forgets the iat of its token',
  'a mark is refused whatever its iat',
  'a mark lives as long as the last request says',
  'identifiers are joined by colons',
  'identifiers are joined by nothing',
  'kinds of targets are not told apart',
  'every use is the first',
  'a use waits between its look and its note',
  'a use is forgotten at once',
  'a look is a use',
  'uses know no kind',
  'uses know no client',
  'kept bytes are shared',
  'kept bytes never go',
  'kept bytes know no client',
  'the first bytes stay',
  'everybody gets the lock',
  'a lock waits between its look and its note',
  'a lock stays until it is released',
  'a lock is released by whoever once had it',
  'locks know no client',
  'locks know no key',
  'the epoch moves',
  'the time stands still',
  'complains of nothing',
  'a mark tells nobody',
  'listeners never leave',
  'a listener that throws stops the rest',
] as const;

export type Fault = (typeof sessionFaults)[number] | (typeof logoutFaults)[number];

interface KeptMark extends Mark {
  readonly until: number;
}

/** The contracts read aloud: lists and loops, nothing bounded. Right without a fault, and wrong in one way with one. */
export class PlainStore implements SessionStore {
  readonly #clock: TestClock;
  readonly #fault: Fault | undefined;
  readonly #epoch: number;
  #sessions: SessionRecord[] = [];
  readonly #marks = new Map<string, KeptMark>();
  #uses: { key: string; until: number }[] = [];
  #kept: { key: string; bytes: Uint8Array; until: number }[] = [];
  #locks: { key: string; until: number; holder: symbol }[] = [];
  #listeners: ((notice: LogoutNotice) => void)[] = [];

  constructor(clock: TestClock, fault?: Fault) {
    this.#clock = clock;
    this.#fault = fault;
    this.#epoch = clock.now();
  }

  async create(record: SessionRecord): Promise<boolean> {
    if (!this.#has('create replaces') && this.#find(record.client, record.id)) return false;
    if (!this.#has('create looks at no mark') && this.#isRefused(record)) return false;
    if (this.#has('create waits between its look at the marks and its write')) await Promise.resolve();
    if (this.#has('create forgives: it lowers the marks on its user')) {
      this.#marks.delete(this.#keyOf({ client: record.client, sub: record.sub }));
    }
    this.#remove(record);
    this.#sessions.push(this.#copy(this.#has('loses the sid') ? { ...record, sid: undefined } : record));
    return true;
  }

  async read(client: ClientRef, id: string): Promise<SessionRecord | undefined> {
    await Promise.resolve();
    const record = this.#has('read knows no client')
      ? this.#sessions.find((one) => one.id === id)
      : this.#find(client, id);
    if (this.#has('read hides what has expired') && record && record.expiresAt < this.now()) return undefined;
    return record && this.#copy(record);
  }

  async update(record: SessionRecord): Promise<boolean> {
    const old =
      this.#find(record.client, record.id) ??
      (this.#has('update brings back what is gone') ? { ...record, version: record.version - 1 } : undefined);
    if (!old || (!this.#has('update looks at no version') && old.version !== record.version - 1)) return false;
    if (this.#has('update waits between its look at the version and its write')) await Promise.resolve();
    const { user, tokens, usedAt, expiresAt, version } = record;
    this.#remove(record);
    this.#sessions.push(
      this.#copy(
        this.#has('update changes whose session it is') ? record : { ...old, user, tokens, usedAt, expiresAt, version },
      ),
    );
    return true;
  }

  async touch(
    client: ClientRef,
    id: string,
    { usedAt, expiresAt }: Pick<SessionRecord, 'usedAt' | 'expiresAt'>,
  ): Promise<boolean> {
    const old =
      this.#find(client, id) ?? (this.#has('touch brings back what is gone') ? this.#ghost(client, id) : undefined);
    if (!old) return false;
    if (this.#has('touch waits between its read and its write')) await Promise.resolve();
    this.#remove(old);
    this.#sessions.push({
      ...old,
      usedAt: Math.max(old.usedAt, usedAt),
      expiresAt: this.#has('touch shortens the life') ? expiresAt : Math.max(old.expiresAt, expiresAt),
      version: old.version + (this.#has('touch counts the version up') ? 1 : 0),
    });
    return true;
  }

  async end(target: SessionTarget, request?: MarkRequest): Promise<EndedSessions> {
    const now = this.now();
    const marking = request && !this.#has('end sets no mark');
    const late = this.#has('end marks after it has ended');
    const own = request && raise(undefined, request, now);
    let mark = marking && !late ? this.#raise(this.#marked(target), request) : own;
    if (this.#has('end asks its own mark alone')) mark = own;
    if (this.#has('end of a session marks the sid') && 'sessionId' in target) {
      const sid = this.#find(target.client, target.sessionId)?.sid;
      if (sid !== undefined) this.#raise({ client: target.client, sid }, { life: 60_000 });
    }
    let named = this.#sessions.filter((record) => this.#names(target, record));
    if (this.#has('end finds one session alone')) named = named.slice(-1);
    const refused = this.#has('end asks no mark whom it refuses')
      ? named
      : named.filter((record) => !mark || this.#refuses(mark, record));
    if (this.#has('end waits between its look at the sessions and their removal')) await Promise.resolve();
    this.#sessions = this.#sessions.filter((record) => !refused.includes(record));
    if (late) await Promise.resolve();
    if (marking && late) this.#raise(target, request);
    const sessions = this.#has('end tells of what it did not end') ? named : refused;
    if (!this.#has('end tells nobody'))
      this.#tell(
        target,
        refused.map(({ id }) => id),
      );
    return { sessions, marked: true };
  }

  async list(client: ClientRef, sub: string): Promise<readonly SessionRecord[]> {
    await Promise.resolve();
    const mine = this.#sessions.filter(
      (record) => record.sub === sub && (this.#has('list knows no client') || same(record.client, client)),
    );
    return this.#has('list has no order') ? mine : mine.sort((a, b) => b.startedAt - a.startedAt);
  }

  async mark(target: SessionTarget, request: MarkRequest): Promise<boolean> {
    await Promise.resolve();
    this.#raise(target, request);
    if (!this.#has('a mark tells nobody')) this.#tell(target, []);
    return true;
  }

  async isMarked(
    session: Pick<SessionRecord, 'id' | 'client' | 'sub' | 'sid' | 'createdAt' | 'iat'>,
  ): Promise<MarkAnswer> {
    await Promise.resolve();
    const marked = !this.#has('create looks at no mark') && this.#isRefused(session);
    return { marked, epoch: this.#has('the epoch moves') ? this.now() : this.#epoch };
  }

  async firstUse(client: ClientRef, use: Use, life: number): Promise<boolean> {
    const key = this.#useKey(client, use);
    const used = this.#isUsed(key);
    if (this.#has('a use waits between its look and its note')) await Promise.resolve();
    if (!this.#has('a use is forgotten at once')) this.#uses.push({ key, until: this.now() + life });
    return this.#has('every use is the first') || !used;
  }

  async used(client: ClientRef, use: Use): Promise<boolean> {
    await Promise.resolve();
    const key = this.#useKey(client, use);
    const used = this.#isUsed(key);
    if (this.#has('a look is a use')) this.#uses.push({ key, until: Infinity });
    return used;
  }

  async keep(client: ClientRef, key: string, bytes: Uint8Array, life: number): Promise<void> {
    await Promise.resolve();
    const entry = {
      key: this.#keptKey(client, key),
      bytes: this.#has('kept bytes are shared') ? bytes : bytes.slice(),
      until: this.now() + life,
    };
    if (this.#has('the first bytes stay')) this.#kept.push(entry);
    else this.#kept.unshift(entry);
  }

  async recall(client: ClientRef, key: string): Promise<Uint8Array | undefined> {
    await Promise.resolve();
    const alive = this.#kept.filter(({ until }) => this.#has('kept bytes never go') || until >= this.now());
    const bytes = alive.find((entry) => entry.key === this.#keptKey(client, key))?.bytes;
    return this.#has('kept bytes are shared') ? bytes : bytes?.slice();
  }

  async lock(client: ClientRef, key: string, life: number): Promise<(() => Promise<void>) | undefined> {
    const name = this.#has('locks know no key')
      ? 'lock'
      : hashOf(...(this.#has('locks know no client') ? [] : [client.issuer, client.clientId]), key);
    const held = this.#locks.some(
      (lock) => lock.key === name && (this.#has('a lock stays until it is released') || lock.until >= this.now()),
    );
    if (this.#has('a lock waits between its look and its note')) await Promise.resolve();
    if (held && !this.#has('everybody gets the lock')) return undefined;
    const holder = Symbol();
    this.#locks.push({ key: name, until: this.now() + life, holder });
    return async () => {
      await Promise.resolve();
      const anybody = this.#has('a lock is released by whoever once had it');
      this.#locks = this.#locks.filter((lock) => lock.key !== name || (lock.holder !== holder && !anybody));
    };
  }

  now(): number {
    return this.#has('the time stands still') ? this.#epoch : this.#clock.now();
  }

  ready(): Promise<readonly string[]> {
    return Promise.resolve(this.#has('complains of nothing') ? ['nothing'] : []);
  }

  subscribe(listener: (notice: LogoutNotice) => void): Promise<() => Promise<void>> {
    this.#listeners.push(listener);
    return Promise.resolve(() => {
      if (!this.#has('listeners never leave')) this.#listeners = this.#listeners.filter((one) => one !== listener);
      return Promise.resolve();
    });
  }

  #has(fault: Fault): boolean {
    return this.#fault === fault;
  }

  #copy(record: SessionRecord): SessionRecord {
    return this.#has('holds what it was given, and gives out what it holds')
      ? record
      : (JSON.parse(JSON.stringify(record)) as SessionRecord);
  }

  #find(client: ClientRef, id: string): SessionRecord | undefined {
    return this.#sessions.find((record) => record.id === id && same(record.client, client));
  }

  #remove({ client, id }: SessionRecord): void {
    this.#sessions = this.#sessions.filter((record) => record.id !== id || !same(record.client, client));
  }

  #ghost(client: ClientRef, id: string): SessionRecord {
    const now = this.now();
    return {
      id,
      client,
      sub: 'alice',
      createdAt: now,
      iat: 0,
      startedAt: now,
      usedAt: now,
      expiresAt: now,
      version: 1,
      user: null,
      tokens: '',
    };
  }

  #marked(target: SessionTarget): SessionTarget {
    const widened = this.#has('end of a sid marks the sub') && 'sid' in target && target.sub !== undefined;
    return widened ? { client: target.client, sub: target.sub } : target;
  }

  #names(target: SessionTarget, record: SessionRecord): boolean {
    const { client, sessionId, sid, sub }: { client: ClientRef; sessionId?: string; sid?: string; sub?: string } =
      target;
    if (!same(client, record.client) && !this.#has('end knows no client')) return false;
    if (sessionId !== undefined) return record.id === sessionId;
    if (this.#has('end of a sid and a sub asks for either')) return record.sid === sid || record.sub === sub;
    return (sid === undefined || record.sid === sid) && (sub === undefined || record.sub === sub);
  }

  #keyOf(target: SessionTarget): string {
    const { client, sessionId, sid, sub }: { client: ClientRef; sessionId?: string; sid?: string; sub?: string } =
      target;
    const kind = this.#has('kinds of targets are not told apart')
      ? ''
      : `${sessionId === undefined}${sid === undefined}${sub === undefined}`;
    const parts = [kind, client.issuer, client.clientId, ...[sessionId, sid, sub].filter((part) => part !== undefined)];
    if (this.#has('identifiers are joined by colons')) return parts.join(':');
    return this.#has('identifiers are joined by nothing') ? parts.join('') : JSON.stringify(parts);
  }

  #raise(target: SessionTarget, request: MarkRequest): Mark {
    const key = this.#keyOf(target);
    const now = this.now();
    const old = this.#marks.get(key);
    let mark = raise(this.#has('a later mark replaces the one there was') ? undefined : old, request, now);
    if (this.#has('a mark may lie in the future')) mark = { ...mark, at: request.at ?? now };
    if (this.#has('a mark forgets the iat of its token')) mark = { at: mark.at, seen: mark.seen };
    const until = this.#has('a mark lives as long as the last request says')
      ? now + request.life
      : Math.max(now + request.life, old?.until ?? 0);
    this.#marks.set(key, { ...mark, until });
    return mark;
  }

  #isRefused(session: Pick<SessionRecord, 'id' | 'client' | 'sub' | 'sid' | 'createdAt' | 'iat'>): boolean {
    const { client, id, sub, sid } = session;
    const targets: SessionTarget[] = [
      { client, sessionId: id },
      { client, sub },
      ...(sid === undefined
        ? []
        : [
            { client, sid },
            { client, sid, sub },
          ]),
    ];
    return targets.some((target) => {
      const mark = this.#marks.get(this.#keyOf(target));
      return mark !== undefined && mark.until >= this.now() && this.#refuses(mark, session);
    });
  }

  #refuses(mark: Mark, session: Pick<SessionRecord, 'createdAt' | 'iat'>): boolean {
    return (
      refuses(mark, session) || (this.#has('a mark is refused whatever its iat') && session.createdAt <= mark.seen)
    );
  }

  #isUsed(key: string): boolean {
    return this.#uses.some((use) => use.key === key && use.until >= this.now());
  }

  #useKey({ issuer, clientId }: ClientRef, { kind, key }: Use): string {
    return JSON.stringify([
      this.#has('uses know no kind') ? '' : kind,
      ...(this.#has('uses know no client') ? [] : [issuer, clientId]),
      key,
    ]);
  }

  #keptKey({ issuer, clientId }: ClientRef, key: string): string {
    return JSON.stringify([...(this.#has('kept bytes know no client') ? [] : [issuer, clientId]), key]);
  }

  #tell(target: SessionTarget, sessions: readonly string[]): void {
    const { client, sid, sub }: { client: ClientRef; sid?: string; sub?: string } = target;
    const hash = this.#has('end tells sids as they are')
      ? (text: string): string => text
      : (text: string): string => hashOf(text);
    const notice = {
      client: hashOf(client.issuer, client.clientId),
      sessions,
      ...(sid !== undefined && { sid: hash(sid) }),
      ...(sub !== undefined && { sub: hash(sub) }),
    };
    for (const listener of this.#listeners) {
      try {
        listener(notice);
      } catch {
        if (this.#has('a listener that throws stops the rest')) return;
      }
    }
  }
}

function same(a: ClientRef, b: ClientRef): boolean {
  return a.issuer === b.issuer && a.clientId === b.clientId;
}
