import { hashOf } from '../crypto.js';
import { ExpiringMap } from '../session/expiring-map.js';
import type { LogoutNotice } from '../session/logout-store.js';

/** Whose token it is, as far as a logout can name them. */
interface Owner {
  readonly sid?: unknown;
  readonly sub?: unknown;
}

/** What a logout named; the hashes of a sid and of a sub. */
export type Ended = Pick<LogoutNotice, 'sid' | 'sub'>;

interface Entry<V> {
  readonly key: string;
  readonly value: V;
}

/** Answers about tokens, bounded in number: the one that was kept the longest gives way. A logout drops what it ends. */
export class IntrospectionCache<V extends Owner> {
  readonly #entries: ExpiringMap<Entry<V>>;
  /** Keys of entries, by whom a logout may name. */
  readonly #index = new Map<string, Set<string>>();

  constructor(max: number) {
    this.#entries = new ExpiringMap(max, (entry) => this.#unindex(entry));
  }

  get(key: string, now: number): V | undefined {
    return this.#entries.get(key, now)?.value;
  }

  put(key: string, value: V, until: number, now: number): void {
    this.#entries.remove(key);
    if (this.#entries.isFull(now)) this.#entries.removeOldest();
    if (!this.#entries.put(key, { key, value }, until, now)) return;
    for (const name of namesOf(value)) this.#index.set(name, (this.#index.get(name) ?? new Set()).add(key));
  }

  /** Drops every answer about a token of the session, or of the user, that a logout named. */
  drop(ended: Ended): void {
    for (const name of endedNames(ended)) this.#index.get(name)?.forEach((key) => this.#entries.remove(key));
  }

  #unindex({ key, value }: Entry<V>): void {
    for (const name of namesOf(value)) {
      const keys = this.#index.get(name);
      keys?.delete(key);
      if (keys?.size === 0) this.#index.delete(name);
    }
  }
}

/** Whether a logout named the owner of a token. */
export function isEnded(owner: Owner, ended: ReadonlySet<string>): boolean {
  return namesOf(owner).some((name) => ended.has(name));
}

/** The names of whom a logout ended. */
export function endedNames({ sid, sub }: Ended): string[] {
  return [...(sid === undefined ? [] : [`sid ${sid}`]), ...(sub === undefined ? [] : [`sub ${sub}`])];
}

function namesOf({ sid, sub }: Owner): string[] {
  return endedNames({
    ...(typeof sid === 'string' && { sid: hashOf(sid) }),
    ...(typeof sub === 'string' && { sub: hashOf(sub) }),
  });
}
