import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { equalInConstantTime } from '../crypto.js';
import { ConfigurationError } from '../errors.js';

/** What nonces are made of. */
export interface DpopNonceOptions {
  readonly clock: Clock;
  /** At least 32 bytes, the same on every machine: the first makes nonces, all are taken. Default: random, for this process alone. */
  readonly secret?: string | readonly string[] | undefined;
  /** Seconds during which a nonce is handed out; it is taken for as long again. Default 150. */
  readonly period?: number | undefined;
}

/** How a nonce that came stands: `stale` ones are taken, but a newer one is due. */
export type NonceVerdict = 'fresh' | 'stale' | 'wrong';

interface Period {
  readonly number: number;
  /** The nonces of the period before, of this one and of the next, by each secret. */
  readonly before: readonly string[];
  readonly now: readonly [string, ...string[]];
  readonly next: readonly string[];
}

const minimalSecret = 32;

/**
 * Nonces that no machine has to remember: each is the keyed hash of a period of time, so all machines with one secret
 * make the same ones. They bound how long before its use a proof can have been made; that it is used once is up to its jti.
 * [RFC 9449 section 9](https://www.rfc-editor.org/rfc/rfc9449#section-9)
 */
export class DpopNonces {
  readonly #clock: Clock;
  readonly #keys: readonly Uint8Array[];
  readonly #milliseconds: number;
  #period: Period | undefined;

  /** @throws ConfigurationError `invalid_option`: a secret under 32 bytes */
  constructor({ clock, secret = randomBytes(minimalSecret).toString('hex'), period = 150 }: DpopNonceOptions) {
    this.#clock = clock;
    this.#milliseconds = period * 1000;
    this.#keys = [secret].flat().map(keyOf);
    if (!this.#keys.length) throw tooShort();
  }

  /** The nonce of now, for the header `DPoP-Nonce`. */
  current(): string {
    return this.#now().now[0];
  }

  /** Judges the nonce of a proof; one of the next period comes from a machine whose clock is ahead. */
  judge(nonce: string): NonceVerdict {
    const { before, now, next } = this.#now();
    const among = (nonces: readonly string[]): boolean => nonces.some((each) => equalInConstantTime(each, nonce));
    if (among(now) || among(next)) return 'fresh';
    return among(before) ? 'stale' : 'wrong';
  }

  #now(): Period {
    const number = Math.floor(this.#clock.now() / this.#milliseconds);
    if (this.#period?.number === number) return this.#period;
    const of = (each: number): string[] => this.#keys.map((key) => nonceOf(key, each));
    const now = of(number) as [string, ...string[]];
    return (this.#period = { number, before: of(number - 1), now, next: of(number + 1) });
  }
}

function nonceOf(key: Uint8Array, period: number): string {
  return createHmac('sha256', key).update(String(period)).digest().subarray(0, 18).toString('base64url');
}

function keyOf(secret: string): Uint8Array {
  if (Buffer.byteLength(secret) < minimalSecret) throw tooShort();
  return new Uint8Array(hkdfSync('sha256', secret, '', 'latchkey 1 dpop-nonce', 32));
}

function tooShort(): ConfigurationError {
  const expected = `a secret of at least ${minimalSecret} bytes, or a list of such secrets`;
  return new ConfigurationError('invalid_option', `Option dpop.nonce: expected ${expected}, came none.`);
}
