import type { OidcClient, Session } from '@latchkey/core';
import type { OidcRegistry } from './registry.js';

/** What is known of a call, from its coming in to its answer. */
export interface Call {
  /** The clients of the application that it came to. */
  readonly registry: OidcRegistry;
  /** Whose sessions its handler takes; undefined: those of the client without a name. */
  readonly clientName?: string | undefined;
  /** What a guard let it pass for. */
  readonly passedFor?: Session;
}

const calls = new WeakMap<object, Call>();

/** Remembers it by what the state of a call hangs on. */
export function noteCall(key: object, call: Call): void {
  calls.set(key, call);
}

/** What was remembered of it; undefined when neither our routes nor a guard of ours have seen it. */
export function callOf(key: object): Call | undefined {
  return calls.get(key);
}

/** The client that a call is for, if there is one. */
export function clientOf(call: Call | undefined): OidcClient | undefined {
  return call?.registry.find(call.clientName);
}
