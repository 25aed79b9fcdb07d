import type { CookieNames, Cookies } from './cookies.js';
import type { Sealer } from './sealer.js';

/** A login in flight: what its callback will be measured by. Kept in a sealed cookie of its own. */
export interface Login {
  /** Comes back with the OP's answer. */
  readonly state: string;
  /** Comes back inside the ID token. */
  readonly nonce: string;
  /** Goes with the code to the token endpoint. */
  readonly codeVerifier: string;
  /** The page to come back to, already checked to be one of ours. */
  readonly returnTo: string;
  /** When the login began, in milliseconds by the store's clock. */
  readonly createdAt: number;
  /** The record id, which is a hash, of the session that it began under. */
  readonly sessionHash?: string;
  /** The `max_age` that was asked for, in seconds. */
  readonly maxAge?: number;
  /** The essential `acr` values that were asked for. */
  readonly acr?: readonly string[];
}

/** A login cookie, sealed. */
export interface LoginCookie {
  readonly name: string;
  readonly value: string;
}

/** How long a login cookie stays in the browser, in seconds: longer than the login, so that an expired one still knows its page. */
export const loginCookieLife = 3600;

const maxReturnTo = 200;
const maxBytes = 4096;
const maxTried = 16;
const maxCleared = 64;

/** The login cookies of one application: one for each login in flight, so that tabs do not disturb each other. */
export class LoginCookies {
  readonly #sealer: Sealer;
  readonly #names: CookieNames;
  readonly #max: number;
  readonly #home: string;

  /**
   * @param max how many logins one browser may have in flight
   * @param home where a login ends whose page is too long to keep
   */
  constructor(sealer: Sealer, names: CookieNames, max = 7, home = '/') {
    this.#sealer = sealer;
    this.#names = names;
    this.#max = max;
    this.#home = home;
  }

  /** Seals a login. State, issuer and client are bound by name and key, and not stored; a returnTo of over 200 bytes becomes the program's home. */
  seal(login: Login): LoginCookie {
    const { state, nonce, codeVerifier, createdAt, sessionHash, maxAge, acr } = login;
    const returnTo = Buffer.byteLength(login.returnTo) > maxReturnTo ? this.#home : login.returnTo;
    const members = [nonce, codeVerifier, returnTo, createdAt, sessionHash, maxAge, acr];
    while (members.at(-1) === undefined) members.pop();
    const name = this.#names.login(state);
    return { name, value: this.#sealer.seal('login', name, JSON.stringify(members)) };
  }

  /** Opens the login of this state, also one that has expired; undefined when the browser does not bring it. */
  open(cookies: Cookies, state: string): Login | undefined {
    const login = this.#openNamed(cookies, this.#names.login(state));
    return login && { state, ...login };
  }

  /** Which cookies to delete, so that at most seven logins and 4 KB stay. The oldest go first, with what does not open; the new one stays. */
  makeRoom(cookies: Cookies, fresh: LoginCookie): string[] {
    const names = cookies.names().filter((name) => name !== fresh.name && this.#names.isLogin(name));
    // Browsers send the oldest first: of too many, the newest are the ones worth opening.
    const tried = names
      .slice(-maxTried)
      .map((name) => ({ name, createdAt: this.#openNamed(cookies, name)?.createdAt }));
    const alive = tried.flatMap(({ name, createdAt }) => (createdAt === undefined ? [] : [{ name, createdAt }]));
    const kept = new Set<string>();
    let bytes = sizeOf(fresh.name, fresh.value);
    for (const { name } of alive.sort((a, b) => b.createdAt - a.createdAt)) {
      bytes += sizeOf(name, cookies.one(name) ?? '');
      if (bytes > maxBytes || kept.size + 2 > this.#max) break;
      kept.add(name);
    }
    return names.filter((name) => !kept.has(name)).slice(-maxCleared);
  }

  #openNamed(cookies: Cookies, name: string): Omit<Login, 'state'> | undefined {
    const value = cookies.one(name);
    const plain = value === undefined ? undefined : this.#sealer.open('login', name, value);
    return plain === undefined ? undefined : parse(plain);
  }
}

type Members = [
  nonce: string,
  codeVerifier: string,
  returnTo: string,
  createdAt: number,
  sessionHash?: string | null,
  maxAge?: number | null,
  acr?: string[],
];

/** What opened has this shape: we sealed it, and another shape would have had another version in its key. */
function parse(plain: string): Omit<Login, 'state'> {
  const [nonce, codeVerifier, returnTo, createdAt, sessionHash, maxAge, acr] = JSON.parse(plain) as Members;
  return {
    nonce,
    codeVerifier,
    returnTo,
    createdAt,
    ...(sessionHash != null && { sessionHash }),
    ...(maxAge != null && { maxAge }),
    ...(acr && { acr }),
  };
}

/** What a cookie adds to the Cookie header. */
function sizeOf(name: string, value: string): number {
  return `${name}=${value}; `.length;
}
