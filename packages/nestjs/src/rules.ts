import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

const reflector = new Reflector();
const everybody = Reflector.createDecorator<undefined, true>({ transform: () => true });
const client = Reflector.createDecorator<string>();

/** A handler or a class that decorators say something of. */
export type Decorated = ReturnType<ExecutionContext['getHandler' | 'getClass']>;

/** Lets everybody call a handler, or all handlers of a class, whatever guards stand further away. */
export function Public(): ClassDecorator & MethodDecorator {
  return everybody();
}

/** Names the client whose sessions a handler, or a class, takes; default: the one without a name. */
export function UseClient(name: string): ClassDecorator & MethodDecorator {
  return client(name);
}

/** Whether a handler, or a class, is for everybody. */
export function isPublic(decorated: Decorated): boolean {
  return reflector.get(everybody, decorated) ?? false;
}

/** Whose sessions a handler takes. */
export function clientNameOf(context: ExecutionContext): string | undefined {
  return reflector.getAllAndOverride(client, [context.getHandler(), context.getClass()]);
}
