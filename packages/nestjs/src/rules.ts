import type { ExecutionContext } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
import { type Demands, demandsAt } from './demands.js';

const reflector = new Reflector();
const everybody = Reflector.createDecorator<undefined, true>({ transform: () => true });
const client = Reflector.createDecorator<string>();

/** Lets everybody call a handler, or all handlers of a class, whatever guards stand further away. */
export function Public(): ClassDecorator & MethodDecorator {
  return everybody();
}

/** Names the client or the API whose sessions and tokens a handler, or a class, takes; default: the one without a name. */
export function UseClient(name: string): ClassDecorator & MethodDecorator {
  return client(name);
}

/** What is said of a handler: by itself, or else by its class. */
export interface Rules {
  /** The guards of ours that decide; none where `@Public()` stands nearer; undefined where the global ones do. */
  readonly guards: readonly object[] | undefined;
  /** Whose sessions and tokens it takes; undefined for the client, or the API, without a name. */
  readonly clientName: string | undefined;
  /** What is demanded beside; undefined where nothing is, or where `@Public()` stands nearer. */
  readonly demands?: Demands | undefined;
}

/** The mark of our guards' classes. */
export const ours = Symbol('a guard of @latchkey/nestjs');

type Handler = Pick<ExecutionContext, 'getHandler' | 'getClass'>;
type Decorated = ReturnType<Handler['getHandler' | 'getClass']>;

const known = new WeakMap<Decorated, WeakMap<Decorated, Rules>>();

/** The rules of a handler, read once; those of one that a class inherits may differ from class to class. */
export function rulesOf(context: Handler): Rules {
  const [handler, type] = [context.getHandler(), context.getClass()];
  const ofHandler = known.get(handler) ?? new WeakMap<Decorated, Rules>();
  const rules = ofHandler.get(type) ?? {
    guards: guardsOf([handler, type]),
    clientName: reflector.getAllAndOverride(client, [handler, type]),
    demands: demandsAt(isForEverybody(handler) ? [handler] : [handler, type]),
  };
  known.set(handler, ofHandler.set(type, rules));
  return rules;
}

function guardsOf(levels: readonly Decorated[]): readonly object[] | undefined {
  for (const decorated of levels) {
    const guards = guardsAt(decorated);
    if (guards.length > 0) return guards;
    if (isForEverybody(decorated)) return [];
  }
  return undefined;
}

function guardsAt(decorated: Decorated): readonly object[] {
  return (reflector.get<object[] | undefined>(GUARDS_METADATA, decorated) ?? []).filter(isOurs);
}

/** Where a guard stands at the same place, it holds. */
function isForEverybody(decorated: Decorated): boolean {
  return reflector.get(everybody, decorated) === true && guardsAt(decorated).length === 0;
}

/** `@UseGuards()` takes classes and instances. */
export function isOurs(guard: object): boolean {
  return ours in (typeof guard === 'function' ? guard : guard.constructor);
}
