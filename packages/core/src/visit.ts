import type { OidcClient } from './client/client.js';
import { acceptsHtml, intentOf, type HeaderOf, type Intent } from './login/intent.js';
import type { Route } from './routes.js';
import type { CarriedSession } from './session/carrier.js';
import { readCookies, type Cookies } from './session/cookies.js';
import { Session } from './session/session.js';

/** One request, as the steps of a login and of a logout see it; an adapter makes one from whatever its framework has. */
export class Visit {
  /** Whose request it is. */
  readonly client: OidcClient;
  /** In capitals, as it came. */
  readonly method: string;
  /** Path and query, as the browser asked for them. */
  readonly target: string;
  /** Reads a header by its lower-case name. */
  readonly header: HeaderOf;
  #cookies: Cookies | undefined;
  #session: Promise<Session | undefined> | undefined;
  #present: Session | undefined;
  #fault: { readonly error: unknown } | undefined;
  #toSet: readonly string[] = [];

  constructor(client: OidcClient, method: string, target: string, header: HeaderOf) {
    this.client = client;
    this.method = method;
    this.target = client.routes.outside(target);
    this.header = header;
  }

  /** The request's URL at our base URL, whatever host it was sent to. */
  get url(): URL {
    return new URL(this.client.origin + (this.target.startsWith('/') ? this.target : '/'));
  }

  /** The route of ours that it is for. */
  get route(): Route | undefined {
    return this.client.routes.match(pathOf(this.target));
  }

  /** The request's cookies, read when first asked for. */
  get cookies(): Cookies {
    return (this.#cookies ??= readCookies(this.header('cookie') ?? undefined));
  }

  /** Whether the cookie of a session came with it, whatever that is worth. */
  get bringsSession(): boolean {
    return this.cookies.one(this.client.cookies.session) !== undefined;
  }

  /** What the browser wants with it, by its `Sec-Fetch-*` and `Accept` headers. */
  get intent(): Intent {
    return intentOf(this.header);
  }

  /** Whether a page is welcome as the answer. */
  get wantsHtml(): boolean {
    return acceptsHtml(this.header);
  }

  /**
   * The session of this browser, read once; undefined when there is none.
   * @throws UnavailableError `store_unavailable`: a fault is never an anonymous user
   */
  session(): Promise<Session | undefined> {
    return (this.#session ??= this.#present ? Promise.resolve(this.#present) : this.#read());
  }

  async #read(): Promise<Session | undefined> {
    try {
      const carried = await this.client.carrier.read(this.cookies);
      return carried && this.#bring(carried);
    } catch (error) {
      this.#fault = { error };
      throw error;
    }
  }

  #bring(carried: CarriedSession): Session {
    this.#toSet = carried.cookies;
    return (this.#present = new Session(this.client, carried));
  }

  /**
   * Reads the session where its cookie came, save on paths that `session.ignore` names. A fault is kept for `known`.
   * @returns what to wait for; undefined where there is nothing to read, or nothing to wait for
   */
  readAhead(): Promise<void> | undefined {
    if (!this.bringsSession || isIgnored(this.client.settings.ignore, this.target)) return undefined;
    const carried = this.#session ? undefined : this.client.carrier.readNow?.(this.cookies);
    if (carried) return void this.#bring(carried);
    return this.session().then(nothing, nothing);
  }

  /**
   * The session that was read before, ahead or by whoever asked for it.
   * @throws UnavailableError `store_unavailable` when it could not be read: nobody is anonymous because of a fault
   */
  get known(): Session | undefined {
    if (this.#fault) throw this.#fault.error;
    return this.#present;
  }

  /** `Set-Cookie` lines that reading the session brought about, once: for whoever answers first. */
  takeCookies(): readonly string[] {
    const lines = this.#toSet;
    this.#toSet = [];
    return lines;
  }

  /** The request for hooks: its query is left out, since a code or a state in it is nobody's business. */
  toRequest(): Request {
    const { origin, pathname } = this.url;
    const headers = new Headers();
    for (const name of ['accept', 'accept-language', 'referer', 'user-agent', 'x-requested-with']) {
      const value = this.header(name);
      if (value) headers.set(name, value);
    }
    return new Request(origin + pathname, { method: this.method, headers });
  }
}

function isIgnored(paths: readonly string[], target: string): boolean {
  if (paths.length === 0) return false;
  const path = pathOf(target);
  return paths.some((ignored) => path === ignored || (ignored.endsWith('/') && path.startsWith(ignored)));
}

function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
}

const nothing = (): void => undefined;
