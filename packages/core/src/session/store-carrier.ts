import type { OidcClient } from '../client/client.js';
import { randomToken } from '../crypto.js';
import { endSessions } from '../logout/end-sessions.js';
import { ownText, TextCache } from '../text-cache.js';
import type { CarriedSession, SessionCarrier, SessionDraft } from './carrier.js';
import { clearCookie, setCookie, type Cookies } from './cookies.js';
import { expiryOf, touchIsDue } from './lifetime.js';
import { readNow } from './guard-store.js';
import type { EndedSessions, MarkRequest, SessionRecord, SessionTarget } from './session-store.js';
import { openTokens, sealTokens, type SessionTokens } from './tokens.js';

/** Seconds; browsers keep no cookie longer. */
const longestCookie = 400 * 86_400;
/** Milliseconds that a mark outlives the longest login in flight. */
const markMargin = 300_000;

/** Sessions in a `SessionStore`; the cookie holds an id of 32 random bytes and nothing else. */
export class StoreCarrier implements SessionCarrier {
  readonly enumerates = true;
  readonly #client: OidcClient;
  /** The record ids of sessions that were in use: a hash less for each request. */
  readonly #recordIds = new TextCache<string>(10_000);

  constructor(client: OidcClient) {
    this.#client = client;
  }

  get markLife(): number {
    return this.#client.settings.loginLifetime + markMargin;
  }

  async beginning(): Promise<number> {
    return this.#client.store.now();
  }

  /** One read of the store. An id that it does not know is no session, whoever made it up. */
  async read(cookies: Cookies): Promise<CarriedSession | undefined> {
    const { cookies: names, store, ref } = this.#client;
    const id = cookies.one(names.session);
    if (id?.length !== 43) return undefined;
    const known = this.#recordIds.get(id);
    const recordId = known ?? this.#client.recordId(id);
    const record = await store.read(ref, recordId);
    if (!record) return undefined;
    if (known === undefined) this.#recordIds.put(ownText(id), recordId);
    const clock = store.now();
    const now = typeof clock === 'number' ? clock : await clock;
    if (now < record.expiresAt)
      return this.#carried(touchIsDue(this.#client.settings, record, now) ? await this.#touch(record, now) : record);
    await endSessions(this.#client, { client: ref, sessionId: record.id }, 'expired');
    return undefined;
  }

  readNow(cookies: Cookies): CarriedSession | undefined {
    const { cookies: names, settings, store, ref } = this.#client;
    const id = cookies.one(names.session);
    const recordId = id === undefined ? undefined : this.#recordIds.get(id);
    const record = recordId === undefined ? undefined : readNow(store, ref, recordId);
    if (!record) return undefined;
    const now = store.now();
    if (typeof now !== 'number' || now >= record.expiresAt || touchIsDue(settings, record, now)) return undefined;
    return this.#carried(record);
  }

  async look({ id }: SessionRecord): Promise<SessionRecord | undefined> {
    const { store, ref } = this.#client;
    const record = await store.read(ref, id);
    return record && (await store.now()) < record.expiresAt ? record : undefined;
  }

  async start(draft: SessionDraft, tokens: SessionTokens): Promise<CarriedSession | undefined> {
    const { cookies: names, settings, store } = this.#client;
    const id = randomToken();
    const recordId = this.#client.recordId(id);
    const record = { ...draft, id: recordId, version: 1, tokens: sealTokens(this.#client, recordId, tokens) };
    if (!(await store.create(record))) return undefined;
    const maxAge = Math.min(Math.ceil(settings.absolute / 1000), longestCookie);
    const cookie = setCookie(names.session, id, {
      secure: settings.secure,
      ...(settings.persistentCookie && { maxAge }),
    });
    return this.#carried(record, [cookie]);
  }

  clear(cookies: Cookies): readonly string[] {
    const { cookies: names, settings } = this.#client;
    return cookies.names().includes(names.session) ? [clearCookie(names.session, { secure: settings.secure })] : [];
  }

  end(target: SessionTarget, mark?: MarkRequest): Promise<EndedSessions> {
    return this.#client.store.end(target, mark);
  }

  #carried(record: SessionRecord, cookies: readonly string[] = []): CarriedSession {
    return { record, cookies, openTokens: () => openTokens(this.#client, record) };
  }

  /** Notes the use; a store that cannot is asked again at the next request. */
  async #touch(record: SessionRecord, now: number): Promise<SessionRecord> {
    const { settings, store, ref } = this.#client;
    const times = { usedAt: now, expiresAt: expiryOf(settings, record, now) };
    const touched = await store.touch(ref, record.id, times).catch(() => false);
    return touched ? { ...record, ...times } : record;
  }
}
