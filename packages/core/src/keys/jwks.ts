import type { KeyObject } from 'node:crypto';
import type { Clock } from '../clock.js';
import { Cached, type Fetched } from '../discovery/cached.js';
import { fetchDocument } from '../discovery/fetch-document.js';
import { ResponseError, UnavailableError, show } from '../errors.js';
import type { Http } from '../http.js';
import { chooseKeys } from './choose-keys.js';
import { usableKeys, type SetKey } from './import-key.js';
import { readObject, type JwtHeader } from './jwt-header.js';
import { TokenBucket } from './token-bucket.js';

/**
 * On whose budget an unknown `kid` is looked up: of tokens that anybody may send, or of those that came from the
 * token and userinfo endpoints. So a flood of the former cannot starve logins.
 */
export type KeyBucket = 'requests' | 'tokens';

/** Where a key set comes from. */
export interface JwksOptions {
  /** Resolves with the `jwks_uri`. */
  readonly uri: () => Promise<string>;
  readonly http: Http;
  readonly clock: Clock;
  /** Hears of every fetch: with the error of one that failed. */
  readonly report?: ((error?: unknown) => void) | undefined;
}

const recently = 10_000;

/** The keys of one issuer, held as RULES 7.1 says: fetched at once for an unknown `kid`, but on a budget. */
export class Jwks {
  readonly #options: JwksOptions;
  readonly #cached: Cached<readonly SetKey[]>;
  readonly #buckets: Record<KeyBucket, TokenBucket>;

  constructor(options: JwksOptions) {
    const { clock } = options;
    this.#options = options;
    this.#cached = new Cached(() => this.#fetch(), clock, options.report);
    this.#buckets = { requests: new TokenBucket(clock), tokens: new TokenBucket(clock) };
  }

  /**
   * The keys that may have signed a token with this header. Where the set that is held has none, it is fetched anew,
   * unless its fetch began after this call: whoever joined an older fetch gets one more.
   *
   * @throws {ResponseError} `jwt_key`: there is none; with `Retry-After` where the budget kept us from looking again
   * @throws {UnavailableError} `op_unreachable`, `no_usable_key`: the set cannot be had, which says nothing of the token
   */
  async keysFor(header: JwtHeader, bucket: KeyBucket): Promise<readonly KeyObject[]> {
    const { begun } = this.#cached;
    let held = await this.#cached.get();
    let found = chooseKeys(held.value, header);
    while (!found.length && held.fetch <= begun) {
      held = await this.#cached.refresh(() => this.#spend(header, bucket));
      found = chooseKeys(held.value, header);
    }
    if (found.length) return found;
    throw unknownKey(header, held.value);
  }

  /** The keys that are held and still serve, without waiting for any; the same list until another is fetched. */
  held(): readonly SetKey[] | undefined {
    return this.#cached.now()?.value;
  }

  #spend(header: JwtHeader, bucket: KeyBucket): void {
    if (this.#buckets[bucket].take()) return;
    const held = this.#cached.known();
    const retryAfter = recently / 1000;
    if (held && this.#options.clock.now() - held.since <= recently) throw unknownKey(header, held.value, retryAfter);
    const message = `no key for kid ${show(header.kid)}, and the budget for looking again is spent`;
    throw new UnavailableError('no_usable_key', message, { retryAfter });
  }

  async #fetch(): Promise<Fetched<readonly SetKey[]>> {
    const uri = await this.#options.uri();
    const { text, headers } = await fetchDocument(this.#options.http, uri);
    const value = this.#keep(usableKeys(keysOf(text)));
    // A set without any use is a fault of the OP's, and must not push out the one that works.
    if (!value.length) throw new UnavailableError('no_usable_key', `${new URL(uri).origin}: no usable key in the JWKS`);
    return { value, cacheControl: headers.get('cache-control') };
  }

  // A key that was there before stays the same object: what was imported of it serves on.
  #keep(fetched: readonly SetKey[]): readonly SetKey[] {
    const before = new Map(this.#cached.known()?.value.map((each) => [JSON.stringify(each.jwk), each]));
    return fetched.map((each) => before.get(JSON.stringify(each.jwk)) ?? each);
  }
}

function keysOf(text: string): readonly unknown[] {
  try {
    const { keys } = readObject(Buffer.from(text), 'the JWKS');
    return Array.isArray(keys) ? (keys as unknown[]) : [];
  } catch (error) {
    throw new UnavailableError('no_usable_key', (error as Error).message, { cause: error });
  }
}

function unknownKey(header: JwtHeader, keys: readonly SetKey[], retryAfter?: number): ResponseError {
  const kids = show(keys.map(({ jwk }) => jwk.kid ?? null));
  const expected = `expected a JWT signed with a key of the issuer's JWKS, which holds ${kids}`;
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  return new ResponseError('jwt_key', `${expected}, came ${header.alg} with kid ${show(header.kid)}`, { headers });
}
