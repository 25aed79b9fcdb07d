import type { OidcOptions } from '@latchkey/core';

/** What an RP is made with; where it is reached, it says itself. */
export type RpOptions = Omit<OidcOptions, 'baseUrl'>;

/** An RP that listens on loopback. */
export interface RunningRp {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

/**
 * An application with one of the adapters. `/me` is for who is signed in, `/` and `/bye` are for everybody; the routes
 * of the adapter are where they are by default.
 */
export interface Rp {
  readonly name: string;
  start(options: RpOptions): Promise<RunningRp>;
}
