import { IncomingMessage, ServerResponse } from 'node:http';

/** Which prototypes have which members of ours. */
const given = new WeakMap<object, Set<string>>();
/** The prototype that an object had which was given a member last: the next one mostly has the same. */
const latest = new Map<string, object | null>();

/**
 * Gives a request or a response of Express a member, on the prototype that Express has for all of them. Members of
 * their own would be dear: since Express changes their prototypes, no two have the same hidden class.
 */
export function giveMember<T extends object>(object: T, name: string, get: (object: T) => unknown): void {
  const prototype = up(object);
  if (latest.get(name) === prototype) return;
  const base = baseOf(object);
  if (base !== object) latest.set(name, prototype);
  const names = given.get(base);
  if (names?.has(name)) return;
  given.set(base, new Set(names).add(name));
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
