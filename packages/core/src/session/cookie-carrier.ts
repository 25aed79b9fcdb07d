import type { OidcClient } from '../client/client.js';
import { warn } from '../client/warnings.js';
import { freshBytes } from '../crypto.js';
import { ConfigurationError } from '../errors.js';
import { freeze } from '../frozen.js';
import { ownText, TextCache } from '../text-cache.js';
import type { CarriedSession, SessionCarrier, SessionDraft } from './carrier.js';
import { clearCookie, setCookie, type Cookies } from './cookies.js';
import { expiryOf, touchIsDue } from './lifetime.js';
import type { EndedSessions, MarkRequest, SessionRecord, SessionTarget } from './session-store.js';
import type { SessionTokens } from './tokens.js';

/** Characters in one cookie; browsers keep 4096 bytes of name, value and attributes. */
const chunkLength = 3800;
/** More would not pass the 16 KB of headers that Node and most proxies take. */
const maxChunks = 3;
/** Sealed characters beyond which a program's author should know: many proxies take 8 KB in one header. */
const remarkable = 8192;
/** Cookies deleted by one answer, so that a header full of crafted ones makes no answer that nobody takes. */
const maxCleared = 64;

/** Opened cookies to keep, with some 8 KB each: the next request of a browser costs no decryption. */
const maxOpened = 1000;

/** What is sealed in the cookie: the session, and its tokens save the refresh token. */
interface SealedSession {
  readonly record: Omit<SessionRecord, 'client' | 'tokens' | 'version'>;
  readonly tokens: SessionTokens;
}

/** A cookie's session, frozen since other requests get the same. */
interface OpenedSession {
  readonly record: SessionRecord;
  readonly tokens: SessionTokens;
}

/**
 * Sessions whole in the browser, sealed; the store behind it only remembers logouts. It cannot enumerate sessions, and
 * carries no refresh token: two copies of a cookie would use it twice.
 */
export class CookieCarrier implements SessionCarrier {
  readonly enumerates = false;
  readonly #client: OidcClient;
  #opened = new TextCache<OpenedSession>(maxOpened);
  /** Under which secrets those were opened. */
  #generation = 0;
  #warned = false;

  constructor(client: OidcClient) {
    this.#client = client;
  }

  get markLife(): number {
    const { idle, absolute, loginLifetime, clockTolerance } = this.#client.settings;
    return Math.min(idle, absolute) + loginLifetime + clockTolerance * 1000;
  }

  /**
   * Never before the store's first moment, which is when it is first asked for a mark: a new store would refuse the
   * logins that were in flight then.
   */
  async beginning(): Promise<number> {
    const { store, ref } = this.#client;
    const { epoch } = await store.isMarked({ id: '', client: ref, sub: '', createdAt: 0, iat: 0 });
    return Math.max(epoch, await store.now());
  }

  /** Opens the cookie, then asks whether a logout has come since. */
  async read(cookies: Cookies): Promise<CarriedSession | undefined> {
    const { store, settings } = this.#client;
    const opened = this.#open(cookies);
    if (!opened) return undefined;
    const { record, tokens } = opened;
    const clock = store.now();
    const now = typeof clock === 'number' ? clock : await clock;
    if (now >= record.expiresAt || (await this.#isRefused(record))) return undefined;
    if (!touchIsDue(settings, record, now)) return this.#carried(record, tokens, []);
    const touched = { ...record, usedAt: now, expiresAt: expiryOf(settings, record, now) };
    return this.#carried(touched, tokens, this.#seal(touched, tokens, cookies));
  }

  /** Another cookie of it may live longer by now, but no server knows. */
  async look(record: SessionRecord): Promise<SessionRecord | undefined> {
    const now = await this.#client.store.now();
    return now < record.expiresAt && !(await this.#isRefused(record)) ? record : undefined;
  }

  async start(
    draft: SessionDraft,
    { refreshToken: _dropped, ...tokens }: SessionTokens,
    before: Cookies,
  ): Promise<CarriedSession | undefined> {
    const record: SessionRecord = { ...draft, id: freshBytes(16).toString('base64url'), tokens: '', version: 1 };
    if (await this.#isRefused(record)) return undefined;
    return this.#carried(record, tokens, this.#seal(record, tokens, before));
  }

  clear(cookies: Cookies): readonly string[] {
    const { cookies: names, settings } = this.#client;
    const gone = cookies.names().filter((name) => name === names.session || names.isChunk(name));
    return gone.slice(0, maxCleared).map((name) => clearCookie(name, { secure: settings.secure }));
  }

  /** Sets the mark; which sessions it ends shows when their cookies come. One session alone is marked by its own id. */
  async end(target: SessionTarget, mark?: MarkRequest): Promise<EndedSessions> {
    if (!mark && !('sessionId' in target)) return { sessions: [], marked: true };
    return { sessions: [], marked: await this.#client.store.mark(target, mark ?? { life: this.markLife }) };
  }

  /** By a logout that the store remembers, or by all that it may have forgotten. */
  async #isRefused(record: SessionRecord): Promise<boolean> {
    const { marked, epoch } = await this.#client.store.isMarked(record);
    return marked || record.createdAt < epoch;
  }

  #carried(record: SessionRecord, tokens: SessionTokens, cookies: readonly string[]): CarriedSession {
    return { record, cookies, openTokens: () => tokens };
  }

  /** The first cookie says how many there are; what comes in another number, or does not open, is no session. */
  #open(cookies: Cookies): OpenedSession | undefined {
    const { cookies: names, sealer } = this.#client;
    const first = cookies.one(names.session) ?? '';
    if (!/^[1-3]\./.test(first)) return undefined;
    let whole = first.slice(2);
    for (let n = 1; n < Number(first[0]); n++) whole += cookies.one(names.chunk(n)) ?? '';
    if (this.#generation !== sealer.generation) this.#opened = new TextCache(maxOpened);
    this.#generation = sealer.generation;
    const known = this.#opened.get(whole);
    if (known) return known;
    const text = sealer.open('session', names.session, whole);
    if (text === undefined) return undefined;
    const { record, tokens } = JSON.parse(text) as SealedSession;
    const opened: OpenedSession = {
      record: freeze({ ...record, client: this.#client.ref, tokens: '', version: 1 }),
      tokens: Object.freeze(tokens),
    };
    this.#opened.put(ownText(whole), opened);
    return opened;
  }

  /** The cookies of a session, and the end of those that a longer one has left behind. */
  #seal(
    { client: _client, tokens: _tokens, version: _version, ...record }: SessionRecord,
    tokens: SessionTokens,
    before: Cookies,
  ): readonly string[] {
    const { cookies: names, sealer, settings } = this.#client;
    const sealed = sealer.seal('session', names.session, JSON.stringify({ record, tokens } satisfies SealedSession));
    const parts = sealed.match(new RegExp(`.{1,${chunkLength}}`, 'g')) ?? [];
    if (parts.length > maxChunks) throw tooLong(sealed.length);
    if (sealed.length > remarkable) this.#warn();
    const maxAge = Math.ceil((record.expiresAt - record.usedAt) / 1000);
    const options = { secure: settings.secure, ...(settings.persistentCookie && { maxAge }) };
    const named = parts.map((part, n) =>
      n === 0 ? [names.session, `${parts.length}.${part}`] : [names.chunk(n), part],
    );
    const kept = new Set(named.map(([name]) => name));
    const left = before.names().filter((name) => names.isChunk(name) && !kept.has(name));
    return [
      ...named.map(([name = '', value = '']) => setCookie(name, value, options)),
      ...left.slice(0, maxCleared).map((name) => clearCookie(name, { secure: settings.secure })),
    ];
  }

  #warn(): void {
    if (this.#warned) return;
    this.#warned = true;
    warn(
      this.#client,
      'LATCHKEY_LARGE_COOKIE',
      'A sealed session takes more than 8 KB of cookies, which many proxies refuse. Let onLogin return less, or keep sessions in a store.',
    );
  }
}

function tooLong(length: number): ConfigurationError {
  return new ConfigurationError(
    'invalid_option',
    `Option session.cookie.sealed: expected a session of at most ${maxChunks * chunkLength} characters when sealed, came ${length}. Let onLogin return less, or keep sessions in a store.`,
  );
}
