/** Where the time comes from; injectable, so that tests turn it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The process's own clock. */
export const systemClock: Clock = { now: () => Date.now() };
