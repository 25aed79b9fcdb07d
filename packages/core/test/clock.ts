import type { Clock } from '../src/clock.js';

/** A clock that stands still until a test turns it. */
export class TestClock implements Clock {
  #now: number;

  /** Starts at the given milliseconds since the epoch, the process's own time by default. */
  constructor(now = Date.now()) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** Turns the clock on by so many milliseconds; a negative number turns it back. */
  advance(ms: number): void {
    this.#now += ms;
  }
}
