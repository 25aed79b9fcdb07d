import { hashOf } from '../src/crypto.js';
import { raise, refuses, type Mark } from '../src/logout/mark.js';
import type { LogoutNotice, LogoutStore, MarkAnswer, Use } from '../src/session/logout-store.js';
import type { ClientRef, MarkRequest, SessionRecord, SessionTarget } from '../src/session/session-store.js';
import type { TestClock } from './clock.js';
import type { Fault } from './store-faults.js';

interface KeptMark extends Mark {
  readonly until: number;
}

/** What a logout needs of a store, read aloud: the half of `PlainStore` that knows no sessions. */
export class PlainLogoutStore implements LogoutStore {
  protected readonly marks = new Map<string, KeptMark>();
  readonly #clock: TestClock;
  readonly #fault: Fault | undefined;
  readonly #epoch: number;
  #uses: { key: string; until: number }[] = [];
  #kept: { key: string; bytes: Uint8Array; until: number }[] = [];
  #locks: { key: string; until: number; holder: symbol }[] = [];
  #listeners: ((notice: LogoutNotice) => void)[] = [];

  constructor(clock: TestClock, fault?: Fault) {
    this.#clock = clock;
    this.#fault = fault;
    this.#epoch = clock.now();
  }

  async mark(target: SessionTarget, request: MarkRequest): Promise<boolean> {
    await Promise.resolve();
    this.raise(target, request);
    if (!this.has('a mark tells nobody')) this.tell(target, []);
    return true;
  }

  async isMarked(
    session: Pick<SessionRecord, 'id' | 'client' | 'sub' | 'sid' | 'createdAt' | 'iat'>,
  ): Promise<MarkAnswer> {
    await Promise.resolve();
    const marked = !this.has('create looks at no mark') && this.isRefused(session);
    return { marked, epoch: this.has('the epoch moves') ? this.now() : this.#epoch };
  }

  async firstUse(client: ClientRef, use: Use, life: number): Promise<boolean> {
    const key = this.#useKey(client, use);
    const used = this.#isUsed(key);
    if (this.has('a use waits between its look and its note')) await Promise.resolve();
    if (!this.has('a use is forgotten at once')) this.#uses.push({ key, until: this.now() + life });
    return this.has('every use is the first') || !used;
  }

  async used(client: ClientRef, use: Use): Promise<boolean> {
    await Promise.resolve();
    const key = this.#useKey(client, use);
    const used = this.#isUsed(key);
    if (this.has('a look is a use')) this.#uses.push({ key, until: Infinity });
    return used;
  }

  async keep(client: ClientRef, key: string, bytes: Uint8Array, life: number): Promise<void> {
    await Promise.resolve();
    const entry = {
      key: this.#keptKey(client, key),
      bytes: this.has('kept bytes are shared') ? bytes : bytes.slice(),
      until: this.now() + life,
    };
    if (this.has('the first bytes stay')) this.#kept.push(entry);
    else this.#kept.unshift(entry);
  }

  async recall(client: ClientRef, key: string): Promise<Uint8Array | undefined> {
    await Promise.resolve();
    const alive = this.#kept.filter(({ until }) => this.has('kept bytes never go') || until >= this.now());
    const bytes = alive.find((entry) => entry.key === this.#keptKey(client, key))?.bytes;
    return this.has('kept bytes are shared') ? bytes : bytes?.slice();
  }

  async lock(client: ClientRef, key: string, life: number): Promise<(() => Promise<void>) | undefined> {
    const name = this.has('locks know no key')
      ? 'lock'
      : hashOf(...(this.has('locks know no client') ? [] : [client.issuer, client.clientId]), key);
    const held = this.#locks.some(
      (lock) => lock.key === name && (this.has('a lock stays until it is released') || lock.until >= this.now()),
    );
    if (this.has('a lock waits between its look and its note')) await Promise.resolve();
    if (held && !this.has('everybody gets the lock')) return undefined;
    const holder = Symbol();
    this.#locks.push({ key: name, until: this.now() + life, holder });
    return async () => {
      await Promise.resolve();
      const anybody = this.has('a lock is released by whoever once had it');
      this.#locks = this.#locks.filter((lock) => lock.key !== name || (lock.holder !== holder && !anybody));
    };
  }

  now(): number {
    return this.has('the time stands still') ? this.#epoch : this.#clock.now();
  }

  ready(): Promise<readonly string[]> {
    return Promise.resolve(this.has('complains of nothing') ? ['nothing'] : []);
  }

  subscribe(listener: (notice: LogoutNotice) => void): Promise<() => Promise<void>> {
    this.#listeners.push(listener);
    return Promise.resolve(() => {
      if (!this.has('listeners never leave')) this.#listeners = this.#listeners.filter((one) => one !== listener);
      return Promise.resolve();
    });
  }

  protected has(fault: Fault): boolean {
    return this.#fault === fault;
  }

  protected keyOf(target: SessionTarget): string {
    const { client, sessionId, sid, sub }: { client: ClientRef; sessionId?: string; sid?: string; sub?: string } =
      target;
    const kind = this.has('kinds of targets are not told apart')
      ? ''
      : `${sessionId === undefined}${sid === undefined}${sub === undefined}`;
    const parts = [kind, client.issuer, client.clientId, ...[sessionId, sid, sub].filter((part) => part !== undefined)];
    if (this.has('identifiers are joined by colons')) return parts.join(':');
    return this.has('identifiers are joined by nothing') ? parts.join('') : JSON.stringify(parts);
  }

  protected raise(target: SessionTarget, request: MarkRequest): Mark {
    const key = this.keyOf(target);
    const now = this.now();
    const old = this.marks.get(key);
    let mark = raise(this.has('a later mark replaces the one there was') ? undefined : old, request, now);
    if (this.has('a mark may lie in the future')) mark = { ...mark, at: request.at ?? now };
    if (this.has('a mark forgets the iat of its token')) mark = { at: mark.at, seen: mark.seen };
    const until = this.has('a mark lives as long as the last request says')
      ? now + request.life
      : Math.max(now + request.life, old?.until ?? 0);
    this.marks.set(key, { ...mark, until });
    return mark;
  }

  protected isRefused(session: Pick<SessionRecord, 'id' | 'client' | 'sub' | 'sid' | 'createdAt' | 'iat'>): boolean {
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
      const mark = this.marks.get(this.keyOf(target));
      return mark !== undefined && mark.until >= this.now() && this.refuses(mark, session);
    });
  }

  protected refuses(mark: Mark, session: Pick<SessionRecord, 'createdAt' | 'iat'>): boolean {
    return refuses(mark, session) || (this.has('a mark is refused whatever its iat') && session.createdAt <= mark.seen);
  }

  #isUsed(key: string): boolean {
    return this.#uses.some((use) => use.key === key && use.until >= this.now());
  }

  #useKey({ issuer, clientId }: ClientRef, { kind, key }: Use): string {
    return JSON.stringify([
      this.has('uses know no kind') ? '' : kind,
      ...(this.has('uses know no client') ? [] : [issuer, clientId]),
      key,
    ]);
  }

  #keptKey({ issuer, clientId }: ClientRef, key: string): string {
    return JSON.stringify([...(this.has('kept bytes know no client') ? [] : [issuer, clientId]), key]);
  }

  protected tell(target: SessionTarget, sessions: readonly string[]): void {
    const { client, sid, sub }: { client: ClientRef; sid?: string; sub?: string } = target;
    const hash = this.has('end tells sids as they are')
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
        if (this.has('a listener that throws stops the rest')) return;
      }
    }
  }
}

export function same(a: ClientRef, b: ClientRef): boolean {
  return a.issuer === b.issuer && a.clientId === b.clientId;
}
