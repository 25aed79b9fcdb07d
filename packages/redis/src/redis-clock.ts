/** One look at a server's clock: when it was asked, what it said, when the answer was here. All in whole microseconds. */
export interface Look {
  /** Which server. */
  readonly node: string;
  readonly before: number;
  readonly time: number;
  readonly after: number;
}

/** How far the clock of this process and that of a server are believed to run apart. */
const drift = 200e-6;
/** After this time in use it looks again, while the old answer still serves; milliseconds. */
const renewAfter = 1000;
/** An answer older than this no longer serves; milliseconds. */
const staleAfter = 30_000;

/**
 * Redis's time without asking for it at every request. Looks at the server's clock, and between two looks counts on by
 * the process's monotonic clock, so that a jump of the local time of day changes nothing.
 *
 * What it says is never ahead of Redis, so that no login seems to have begun later than it did and slips past a mark.
 * It is behind by at most the time that the quickest of the latest looks took, 0.2 ms for each second since, and the
 * fraction of a millisecond that is cut off. On a cluster it is the time of the server whose clock is the most behind.
 */
export class RedisClock {
  readonly #look: () => Promise<readonly Look[]>;
  readonly #monotonic: () => number;
  #offsets = new Map<string, number>();
  #offset: number | undefined;
  #lookedAt = 0;
  #looking: Promise<void> | undefined;

  /** @param look looks at the clock of each server; @param monotonic microseconds by the process's clock */
  constructor(look: () => Promise<readonly Look[]>, monotonic: () => number = monotonicMicroseconds) {
    this.#look = look;
    this.#monotonic = monotonic;
  }

  /** Milliseconds by Redis's clock: at once while a look is fresh enough, otherwise after the next one. */
  now(): number | Promise<number> {
    const age = (this.#monotonic() - this.#lookedAt) / 1000;
    if (this.#offset === undefined || age > staleAfter) return this.#renew().then(() => this.#read());
    if (age > renewAfter) this.#renew().catch(() => undefined);
    return this.#read();
  }

  /** Another server may have taken over. */
  forget(): void {
    this.#offsets = new Map();
    this.#offset = undefined;
  }

  #read(): number {
    const now = this.#monotonic();
    return Math.floor((now + (this.#offset ?? 0) - drift * (now - this.#lookedAt)) / 1000);
  }

  #renew(): Promise<void> {
    this.#looking ??= this.#look()
      .then((looks) => this.#take(looks))
      .finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /**
   * The clock of a server is at least `time` when its answer is here, and was at most `time` when it was asked. What
   * was known before, aged, is kept where it is the better bound; a server that was set back is believed at once.
   */
  #take(looks: readonly Look[]): void {
    const now = this.#monotonic();
    const offsets = looks.map(({ node, before, time, after }): [string, number] => {
      const least = time - after;
      const known = (this.#offsets.get(node) ?? -Infinity) - drift * (now - this.#lookedAt);
      return [node, known > least && known <= time - before ? known : least];
    });
    this.#offsets = new Map(offsets);
    this.#offset = Math.min(...this.#offsets.values());
    this.#lookedAt = now;
  }
}

/** Whole microseconds, so that adding and subtracting them is exact. */
export function monotonicMicroseconds(): number {
  return Math.floor(performance.now() * 1000);
}
