import type { Clock } from '../clock.js';

/** What a fetch brought, and the Cache-Control header that came with it. */
export interface Fetched<T> {
  readonly value: T;
  readonly cacheControl: string | null;
}

/** A value that is held: from which fetch, counted from 1, and since when, in milliseconds since the epoch. */
export interface Held<T> {
  readonly value: T;
  readonly fetch: number;
  readonly since: number;
  readonly freshFor: number;
}

const minute = 60_000;
const staleFor = 24 * 60 * minute;
const failureHolds = 2000;

/**
 * A value of the OP's, fetched when it is first needed and served on while the OP is down. Any number of callers
 * wait for one fetch; an expired value is served while one fetch runs behind it, for 24 hours at most; a fetch
 * that failed is not repeated for 2 seconds.
 */
export class Cached<T> {
  readonly #load: () => Promise<Fetched<T>>;
  readonly #clock: Clock;
  readonly #report: ((error?: unknown) => void) | undefined;
  #held: Held<T> | undefined;
  #flight: Promise<Held<T>> | undefined;
  #failure: { readonly at: number; readonly error: unknown } | undefined;
  #begun = 0;

  /** @param report hears of every fetch: with the error of one that failed */
  constructor(load: () => Promise<Fetched<T>>, clock: Clock, report?: (error?: unknown) => void) {
    this.#load = load;
    this.#clock = clock;
    this.#report = report;
  }

  /** How many fetches have begun so far. */
  get begun(): number {
    return this.#begun;
  }

  /** What was last fetched, however long ago; never touches the network. */
  known(): Held<T> | undefined {
    return this.#held;
  }

  /** The value, from the network only where there is none, or none from the last 24 hours. Throws what the fetch threw. */
  async get(): Promise<Held<T>> {
    return this.now() ?? this.refresh();
  }

  /** The value that `get` would resolve to without waiting, if there is one. */
  now(): Held<T> | undefined {
    const held = this.#held;
    if (!held || this.#age(held.since) >= staleFor) return undefined;
    if (this.#age(held.since) >= held.freshFor) this.refresh().catch(() => undefined); // the stale value answers
    return held;
  }

  /**
   * Fetches now, or joins the fetch that is under way, or throws again what a fetch threw less than 2 s ago.
   * `permit` is called just before a new fetch begins, and stops it by throwing.
   */
  async refresh(permit?: () => void): Promise<Held<T>> {
    if (this.#flight) return this.#flight;
    if (this.#failure && this.#age(this.#failure.at) < failureHolds) throw this.#failure.error;
    permit?.();
    this.#flight = this.#fetch().finally(() => (this.#flight = undefined));
    return this.#flight;
  }

  async #fetch(): Promise<Held<T>> {
    const fetch = ++this.#begun;
    try {
      const { value, cacheControl } = await this.#load();
      this.#failure = undefined;
      this.#held = { value, fetch, since: this.#clock.now(), freshFor: freshness(cacheControl) };
      this.#report?.();
      return this.#held;
    } catch (error) {
      this.#failure = { at: this.#clock.now(), error };
      this.#report?.(error);
      throw error;
    }
  }

  // Absolute, so that a clock which was turned back keeps nothing for ever.
  #age(since: number): number {
    return Math.abs(this.#clock.now() - since);
  }
}

/** Milliseconds that a value stays fresh: max-age between one minute and one hour, ten minutes without it. */
function freshness(cacheControl: string | null): number {
  const maxAge = /\bmax-age="?(\d+)/i.exec(cacheControl ?? '')?.[1];
  return maxAge === undefined ? 10 * minute : Math.min(Math.max(Number(maxAge) * 1000, minute), 60 * minute);
}
