import { raise } from '../src/logout/mark.js';
import type {
  ClientRef,
  EndedSessions,
  MarkRequest,
  SessionRecord,
  SessionStore,
  SessionTarget,
} from '../src/session/session-store.js';
import { PlainLogoutStore, same } from './plain-logout-store.js';

/** The contracts read aloud: lists and loops, nothing bounded. Right without a fault, and wrong in one way with one. */
export class PlainStore extends PlainLogoutStore implements SessionStore {
  #sessions: SessionRecord[] = [];

  async create(record: SessionRecord): Promise<boolean> {
    if (!this.has('create replaces') && this.#find(record.client, record.id)) return false;
    if (!this.has('create looks at no mark') && this.isRefused(record)) return false;
    if (this.has('create waits between its look at the marks and its write')) await Promise.resolve();
    if (this.has('create forgives: it lowers the marks on its user')) {
      this.marks.delete(this.keyOf({ client: record.client, sub: record.sub }));
    }
    this.#remove(record);
    this.#sessions.push(this.#copy(this.has('loses the sid') ? { ...record, sid: undefined } : record));
    return true;
  }

  async read(client: ClientRef, id: string): Promise<SessionRecord | undefined> {
    await Promise.resolve();
    const record = this.has('read knows no client')
      ? this.#sessions.find((one) => one.id === id)
      : this.#find(client, id);
    if (this.has('read hides what has expired') && record && record.expiresAt < this.now()) return undefined;
    return record && this.#copy(record);
  }

  async update(record: SessionRecord): Promise<boolean> {
    const old =
      this.#find(record.client, record.id) ??
      (this.has('update brings back what is gone') ? { ...record, version: record.version - 1 } : undefined);
    if (!old || (!this.has('update looks at no version') && old.version !== record.version - 1)) return false;
    if (this.has('update waits between its look at the version and its write')) await Promise.resolve();
    const { user, tokens, usedAt, expiresAt, version } = record;
    this.#remove(record);
    this.#sessions.push(
      this.#copy(
        this.has('update changes whose session it is') ? record : { ...old, user, tokens, usedAt, expiresAt, version },
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
      this.#find(client, id) ?? (this.has('touch brings back what is gone') ? this.#ghost(client, id) : undefined);
    if (!old) return false;
    if (this.has('touch waits between its read and its write')) await Promise.resolve();
    this.#remove(old);
    this.#sessions.push({
      ...old,
      usedAt: Math.max(old.usedAt, usedAt),
      expiresAt: this.has('touch shortens the life') ? expiresAt : Math.max(old.expiresAt, expiresAt),
      version: old.version + (this.has('touch counts the version up') ? 1 : 0),
    });
    return true;
  }

  async end(target: SessionTarget, request?: MarkRequest): Promise<EndedSessions> {
    const now = this.now();
    const marking = request && !this.has('end sets no mark');
    const late = this.has('end marks after it has ended');
    const own = request && raise(undefined, request, now);
    let mark = marking && !late ? this.raise(this.#marked(target), request) : own;
    if (this.has('end asks its own mark alone')) mark = own;
    if (this.has('end of a session marks the sid') && 'sessionId' in target) {
      const sid = this.#find(target.client, target.sessionId)?.sid;
      if (sid !== undefined) this.raise({ client: target.client, sid }, { life: 60_000 });
    }
    let named = this.#sessions.filter((record) => this.#names(target, record));
    if (this.has('end finds one session alone')) named = named.slice(-1);
    const refused = this.has('end asks no mark whom it refuses')
      ? named
      : named.filter((record) => !mark || this.refuses(mark, record));
    if (this.has('end waits between its look at the sessions and their removal')) await Promise.resolve();
    this.#sessions = this.#sessions.filter((record) => !refused.includes(record));
    if (late) await Promise.resolve();
    if (marking && late) this.raise(target, request);
    const sessions = this.has('end tells of what it did not end') ? named : refused;
    if (!this.has('end tells nobody'))
      this.tell(
        target,
        refused.map(({ id }) => id),
      );
    return { sessions, marked: true };
  }

  async list(client: ClientRef, sub: string): Promise<readonly SessionRecord[]> {
    await Promise.resolve();
    const mine = this.#sessions.filter(
      (record) => record.sub === sub && (this.has('list knows no client') || same(record.client, client)),
    );
    return this.has('list has no order') ? mine : mine.sort((a, b) => b.startedAt - a.startedAt);
  }

  #copy(record: SessionRecord): SessionRecord {
    return this.has('holds what it was given, and gives out what it holds')
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
    const widened = this.has('end of a sid marks the sub') && 'sid' in target && target.sub !== undefined;
    return widened ? { client: target.client, sub: target.sub } : target;
  }

  #names(target: SessionTarget, record: SessionRecord): boolean {
    const { client, sessionId, sid, sub }: { client: ClientRef; sessionId?: string; sid?: string; sub?: string } =
      target;
    if (!same(client, record.client) && !this.has('end knows no client')) return false;
    if (sessionId !== undefined) return record.id === sessionId;
    if (this.has('end of a sid and a sub asks for either')) return record.sid === sid || record.sub === sub;
    return (sid === undefined || record.sid === sid) && (sub === undefined || record.sub === sub);
  }
}
