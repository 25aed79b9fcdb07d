import {
  type ApiRequest,
  hiddenMember,
  type OidcClient,
  type Session,
  type VerifiedToken,
  type Visit,
} from '@latchkey/core';
import type { HttpResponse } from './context/http-channel.js';
import type { OidcRegistry } from './registry.js';
import type { Rules } from './rules.js';

/** What is known of a call, from its coming in to its answer. */
export interface Call {
  /** The clients of the application that it came to. */
  readonly registry: OidcRegistry;
  /** Whose sessions its handler takes; undefined: those of the client without a name. */
  readonly clientName?: string | undefined;
  /** What its answer is said with on Fastify, whose requests do not lead to it as Express's do; a query's resolvers do not see it. */
  readonly response?: HttpResponse | undefined;
}

/** What a guard let a call pass for. */
export interface Pass {
  /** The session of a signed-in user. */
  readonly session?: Session | undefined;
  /** The access token, verified. */
  readonly token?: VerifiedToken | undefined;
}

/** All that is remembered of a call, in one place. */
interface State {
  call?: Call;
  passes?: Map<Rules, Pass>;
  /** What came with it, as an API sees it, where a DPoP proof did: the verifier remembers by it that the proof was used. */
  apiRequest?: ApiRequest;
  /** Its visits at the clients that were asked about it. */
  visits?: readonly Visit[];
}

const states = hiddenMember<State>();

/** What is remembered of a call, by what its state hangs on. */
export function stateOf(key: object): State {
  const known = states.get(key);
  if (known) return known;
  const state: State = {};
  states.set(key, state);
  return state;
}

/** Remembers a call, beside what is known of it already. */
export function noteCall(key: object, call: Call): void {
  const state = stateOf(key);
  state.call = state.call ? { ...state.call, ...call } : call;
}

/** What was remembered of it; undefined when neither our routes nor a guard of ours have seen it. */
export function callOf(key: object): Call | undefined {
  return states.get(key)?.call;
}

/** Remembers what a call passes for, by the rules of its handler: over one socket, or in one query, many handlers are called. */
export function notePass(key: object, rules: Rules, pass: Pass): void {
  (stateOf(key).passes ??= new Map()).set(rules, pass);
}

/** What a guard let a call of this handler pass for; undefined where none did. */
export function passOf(key: object, rules: Rules): Pass | undefined {
  return states.get(key)?.passes?.get(rules);
}

/** The client that a call is for, if there is one. */
export function clientOf(call: Call | undefined): OidcClient | undefined {
  return call?.registry.find(call.clientName);
}
