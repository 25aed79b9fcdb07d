import { IncomingMessage, ServerResponse } from 'node:http';

/** Which prototypes have which members of ours, on themselves or further up. */
const given = new WeakMap<object, Set<string>>();

/**
 * Gives a request or a response of Express a member, on the prototype that Express has for all of them. Members of
 * their own would be dear: since Express changes their prototypes, no two have the same hidden class.
 */
export function giveMember<T extends object>(object: T, name: string, get: (object: T) => unknown): void {
  const prototype = up(object);
  if (prototype && given.get(prototype)?.has(name)) return;
  const base = baseOf(object);
  const isKnown = given.get(base)?.has(name);
  note(base, name);
  if (prototype && base !== object) note(prototype, name);
  if (isKnown) return;
  const before = Object.getOwnPropertyDescriptor(base, name);
  Object.defineProperty(base, name, {
    configurable: true,
    get(this: T): unknown {
      return get(this) ?? (before?.get?.call(this) as unknown);
    },
    // Whoever sets a member of that name, as other libraries do, has it.
    set(this: T, value: unknown) {
      Object.defineProperty(this, name, { configurable: true, enumerable: true, writable: true, value });
    },
  });
}

function note(object: object, name: string): void {
  given.set(object, (given.get(object) ?? new Set()).add(name));
}

/** The prototype next to Node's; what Express has not seen is its own. */
function baseOf(object: object): object {
  let base = object;
  for (let next = up(object); next && !nodes.has(next); next = up(next)) base = next;
  return base;
}

const nodes = new Set<object>([IncomingMessage.prototype, ServerResponse.prototype, Object.prototype]);

function up(object: object): object | null {
  return Object.getPrototypeOf(object) as object | null;
}
