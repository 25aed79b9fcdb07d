import type { OidcClient, Session, VerifiedToken } from '@latchkey/core';
import type { HttpResponse } from './context/http-channel.js';
import type { OidcRegistry } from './registry.js';
import type { Rules } from './rules.js';

/** What is known of a call, from its coming in to its answer. */
export interface Call {
  /** The clients of the application that it came to. */
  readonly registry: OidcRegistry;
  /** Whose sessions its handler takes; undefined: those of the client without a name. */
  readonly clientName?: string | undefined;
  /** What its answer is said with, over HTTP; a query's resolvers do not see it. */
  readonly response?: HttpResponse | undefined;
}

/** What a guard let a call pass for. */
export interface Pass {
  /** The session of a signed-in user. */
  readonly session?: Session | undefined;
  /** The access token, verified. */
  readonly token?: VerifiedToken | undefined;
}

const calls = new WeakMap<object, Call>();
const passes = new WeakMap<object, WeakMap<Rules, Pass>>();

/** Remembers it by what the state of a call hangs on, beside what is known already. */
export function noteCall(key: object, call: Call): void {
  calls.set(key, { ...calls.get(key), ...call });
}

/** What was remembered of it; undefined when neither our routes nor a guard of ours have seen it. */
export function callOf(key: object): Call | undefined {
  return calls.get(key);
}

/** Remembers what a call passes for, by the rules of its handler: over one socket, or in one query, many handlers are called. */
export function notePass(key: object, rules: Rules, pass: Pass): void {
  passes.set(key, (passes.get(key) ?? new WeakMap<Rules, Pass>()).set(rules, pass));
}

/** What a guard let a call of this handler pass for; undefined where none did. */
export function passOf(key: object, rules: Rules): Pass | undefined {
  return passes.get(key)?.get(rules);
}

/** The client that a call is for, if there is one. */
export function clientOf(call: Call | undefined): OidcClient | undefined {
  return call?.registry.find(call.clientName);
}
