import type { OidcClient } from '../client/client.js';
import { hashOf } from '../crypto.js';
import { tell } from '../events.js';
import type { LogoutNotice } from './logout-store.js';
import type { SessionRecord } from './session-store.js';

/** Milliseconds until a session is looked at again: a notice of a logout may get lost on its way. */
const lookInterval = 60_000;

/** A session that something lives on. */
interface Watched {
  record: SessionRecord;
  /** When it is over unless it is used, by the process's clock. */
  until: number;
  timer?: NodeJS.Timeout;
  readonly sid: string | undefined;
  readonly sub: string;
  readonly onOver: () => void;
}

const watches = new WeakMap<OidcClient, SessionWatches>();

/**
 * Calls back once, when a session is over: by a logout, whichever process carried it out, or by its lifetime. To be
 * watched is no use of a session. Returns what ends the watch.
 * @throws UnavailableError `store_unavailable`
 */
export function watchSession(client: OidcClient, record: SessionRecord, onOver: () => void): Promise<() => void> {
  const ofClient = watches.get(client) ?? new SessionWatches(client);
  watches.set(client, ofClient);
  return ofClient.add(record, onOver);
}

/** The sessions of a client that are watched; all share one subscription. */
class SessionWatches {
  readonly #client: OidcClient;
  readonly #name: string;
  readonly #watched = new Set<Watched>();
  #subscription: Promise<() => Promise<void>> | undefined;

  constructor(client: OidcClient) {
    this.#client = client;
    this.#name = hashOf(client.ref.issuer, client.ref.clientId);
  }

  async add(record: SessionRecord, onOver: () => void): Promise<() => void> {
    const sid = record.sid === undefined ? undefined : hashOf(record.sid);
    const watched: Watched = { record, until: Infinity, sid, sub: hashOf(record.sub), onOver };
    this.#watched.add(watched);
    try {
      // What ended before the subscription stood was told to nobody here, so the look comes after it.
      await this.#listen();
      await this.#look(watched);
    } catch (error) {
      this.#drop(watched);
      throw error;
    }
    return () => this.#drop(watched);
  }

  async #listen(): Promise<void> {
    const subscription = (this.#subscription ??= this.#client.store.subscribe((notice) => this.#hear(notice)));
    try {
      await subscription;
    } catch (error) {
      if (this.#subscription === subscription) this.#subscription = undefined;
      throw error;
    }
  }

  #hear(notice: LogoutNotice): void {
    if (notice.client !== this.#name) return;
    const { enumerates } = this.#client.carrier;
    for (const watched of [...this.#watched]) {
      const { record, sid, sub } = watched;
      if (notice.sessions.includes(record.id)) this.#end(watched);
      // Where no sessions are enumerated, only a look shows whose logout it was.
      else if (!enumerates && (notice.sid ?? sid) === sid && (notice.sub ?? sub) === sub) this.#lookAgain(watched);
    }
  }

  async #look(watched: Watched): Promise<void> {
    const { carrier, store, clock } = this.#client;
    const record = await carrier.look(watched.record);
    if (!record) return this.#end(watched);
    watched.record = record;
    watched.until = clock.now() + record.expiresAt - (await store.now());
    this.#wait(watched);
  }

  /** While the store is away, a session lives as long as was last known. */
  #lookAgain(watched: Watched): void {
    this.#look(watched).catch(() => {
      if (this.#client.clock.now() >= watched.until) this.#end(watched);
      else this.#wait(watched);
    });
  }

  #wait(watched: Watched): void {
    clearTimeout(watched.timer);
    if (!this.#watched.has(watched)) return;
    const left = Math.max(watched.until - this.#client.clock.now(), 1);
    watched.timer = setTimeout(() => this.#lookAgain(watched), Math.min(left, lookInterval)).unref();
  }

  #end(watched: Watched): void {
    if (!this.#watched.has(watched)) return;
    this.#drop(watched);
    tell(watched.onOver, undefined, 'the end of a session');
  }

  #drop(watched: Watched): void {
    clearTimeout(watched.timer);
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    const subscription = this.#subscription;
    this.#subscription = undefined;
    void subscription?.then((end) => end()).catch(() => undefined);
  }
}
