import { hashOf } from '../crypto.js';
import type { Binding } from './sealer.js';

const maxHeader = 65_536;
const maxPairs = 1000;

/**
 * The names of one application's cookies. They hold a hash of issuer, client and base URL, since one host's
 * cookies reach every port and every application on it. Names without our hash are never ours to touch.
 */
export class CookieNames {
  readonly session: string;
  /** Carries the state of a logout to the return from the OP. */
  readonly logout: string;

  constructor({ issuer, clientId, baseUrl }: Binding) {
    const prefix = /^https:/i.test(baseUrl) ? '__Host-' : '';
    this.session = `${prefix}latchkey-${hashOf(issuer, clientId, baseUrl).slice(0, 8)}`;
    this.logout = `${this.session}-logout`;
  }

  /** The name of the cookie that holds the login of this state. */
  login(state: string): string {
    return `${this.session}-${hashOf(state).slice(0, 16)}`;
  }

  isLogin(name: string): boolean {
    return name.startsWith(`${this.session}-`) && /^[A-Za-z0-9_-]{16}$/.test(name.slice(this.session.length + 1));
  }

  /** The name of the cookie that holds a later part of a session too long for one. */
  chunk(n: number): string {
    return `${this.session}.${n}`;
  }

  isChunk(name: string): boolean {
    return name.startsWith(`${this.session}.`) && /^\d{1,5}$/.test(name.slice(this.session.length + 1));
  }

  isOurs(name: string): boolean {
    return name === this.session || name === this.logout || this.isLogin(name) || this.isChunk(name);
  }
}

/** Reads a Cookie header, as it came; one of over 64 KB counts as empty. */
export function readCookies(header: string | undefined): Cookies {
  return new Cookies(header === undefined || header.length > maxHeader ? '' : header);
}

const nothing = { name: '', value: undefined };

/** The cookies of one request. Work is linear in the header, and one known name is found without reading the rest. */
export class Cookies {
  readonly #header: string;
  #asked: { readonly name: string; readonly value: string | undefined } = nothing;

  constructor(header: string) {
    this.#header = header;
  }

  /** The value of the one cookie of this name; undefined when there is none, and when there are two. */
  one(name: string): string | undefined {
    // Whether there is a session's cookie is asked first, and then what is in it.
    if (name !== this.#asked.name) this.#asked = { name, value: this.#find(name) };
    return this.#asked.value;
  }

  #find(name: string): string | undefined {
    const start = `${name}=`;
    let value: string | undefined;
    for (let at = this.#header.indexOf(start); at >= 0; at = this.#header.indexOf(start, at + start.length)) {
      if (!this.#beginsPair(at)) continue;
      if (value !== undefined) return undefined;
      const end = this.#header.indexOf(';', at);
      value = this.#header.slice(at + start.length, end < 0 ? undefined : end).trim();
    }
    return value;
  }

  /** The names of the first 1,000 cookies, each once, in the order of the header. */
  names(): readonly string[] {
    const names = new Set<string>();
    for (const pair of this.#header.split(';', maxPairs)) {
      const name = pair.slice(0, Math.max(pair.indexOf('='), 0)).replace(/^[ \t]+/, '');
      if (name !== '') names.add(name);
    }
    return [...names];
  }

  #beginsPair(at: number): boolean {
    let before = at - 1;
    while (before >= 0 && isBlank(this.#header.charCodeAt(before))) before--;
    return before < 0 || this.#header.charCodeAt(before) === semicolon;
  }
}

const semicolon = 0x3b;

function isBlank(character: number): boolean {
  return character === 0x20 || character === 0x09;
}

/** How a cookie is set; a cookie is deleted only with the `secure` and `sameSite` that it was set with. */
export interface CookieOptions {
  /** The cookie's life in seconds; left out: until the browser is closed. */
  readonly maxAge?: number;
  /** Whether the base URL is https. */
  readonly secure: boolean;
  /** Default `Lax`. `None` is for the login cookies of form_post alone, and brings `Secure` with it: browsers demand that. */
  readonly sameSite?: 'Lax' | 'None';
}

/** The Set-Cookie header of one of our cookies: of this host alone, for all paths, out of reach of scripts. */
export function setCookie(name: string, value: string, { maxAge, secure, sameSite = 'Lax' }: CookieOptions): string {
  const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`;
  return `${name}=${value}; Path=/${age}; HttpOnly${secure || sameSite === 'None' ? '; Secure' : ''}; SameSite=${sameSite}`;
}

/** The Set-Cookie header that deletes one of our cookies. */
export function clearCookie(name: string, options: Omit<CookieOptions, 'maxAge'>): string {
  return setCookie(name, '', { ...options, maxAge: 0 });
}
