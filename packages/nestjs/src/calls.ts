import type { OidcClient, Session } from '@latchkey/core';
import type { OidcRegistry } from './registry.js';

/** What is known of a call, from its coming in to its answer. */
export interface Call {
  /** The clients of the application that it came to. */
  readonly registry: OidcRegistry;
  /** The client whose sessions its handler takes, once a guard has looked. */
  readonly client?: OidcClient | undefined;
  /** What a guard let it pass for. */
  readonly session?: Session;
}

const calls = new WeakMap<object, Call>();

/** Remembers it by what the state of a call hangs on. */
export function noteCall(key: object, call: Call): void {
  calls.set(key, call);
}

/** What was remembered of it. */
export function callOf(key: object): Call | undefined {
  return calls.get(key);
}

/** The client that answers for a call: its handler's, else the default one. */
export function clientOf(key: object): OidcClient | undefined {
  const call = callOf(key);
  return call?.client ?? call?.registry.find();
}
