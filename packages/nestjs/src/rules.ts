import type { ExecutionContext } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';

const reflector = new Reflector();
const everybody = Reflector.createDecorator<undefined, true>({ transform: () => true });
const client = Reflector.createDecorator<string>();

/** Lets everybody call a handler, or all handlers of a class, whatever guards stand further away. */
export function Public(): ClassDecorator & MethodDecorator {
  return everybody();
}

/** Names the client whose sessions a handler, or a class, takes; default: the one without a name. */
export function UseClient(name: string): ClassDecorator & MethodDecorator {
  return client(name);
}

/** What is said of a handler: by itself, or else by its class. */
export interface Rules {
  /** The guards of ours that decide; none where `@Public()` stands nearer; undefined where the global ones do. */
  readonly guards: readonly object[] | undefined;
  /** Whose sessions it takes; undefined for the client without a name. */
  readonly clientName: string | undefined;
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
  };
  known.set(handler, ofHandler.set(type, rules));
  return rules;
}

function guardsOf(levels: readonly Decorated[]): readonly object[] | undefined {
  for (const decorated of levels) {
    const guards = (reflector.get<object[] | undefined>(GUARDS_METADATA, decorated) ?? []).filter(isOurs);
    if (guards.length > 0) return guards;
    if (reflector.get(everybody, decorated)) return [];
  }
  return undefined;
}

/** `@UseGuards()` takes classes and instances. */
function isOurs(guard: object): boolean {
  return ours in (typeof guard === 'function' ? guard : guard.constructor);
}
