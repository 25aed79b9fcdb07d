import type { ExecutionContext } from '@nestjs/common';
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

/** Whether everybody may call it: the handler's word holds over its class's. */
export function isPublic(context: ExecutionContext): boolean {
  return reflector.getAllAndOverride(everybody, [context.getHandler(), context.getClass()]) ?? false;
}

/** Whose sessions it takes. */
export function clientNameOf(context: ExecutionContext): string | undefined {
  return reflector.getAllAndOverride(client, [context.getHandler(), context.getClass()]);
}
