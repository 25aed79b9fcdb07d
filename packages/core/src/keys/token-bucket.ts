import type { Clock } from '../clock.js';

const size = 5;
const refill = 10_000;

/** A budget of five, with one more every 10 seconds. */
export class TokenBucket {
  readonly #clock: Clock;
  #tokens = size;
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** Takes one, where there is one. */
  take(): boolean {
    const elapsed = Math.abs(this.#clock.now() - this.#since); // absolute: a clock turned back must not stop the refill
    this.#tokens = Math.min(this.#tokens + Math.floor(elapsed / refill), size);
    this.#since = this.#clock.now() - (elapsed % refill);
    if (this.#tokens === 0) return false;
    this.#tokens -= 1;
    return true;
  }
}
