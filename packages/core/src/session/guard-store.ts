import { OidcError, UnavailableError } from '../errors.js';
import type { LogoutStore } from './logout-store.js';
import { MemoryStore } from './memory-store.js';
import type { ClientRef, SessionRecord, SessionStore } from './session-store.js';

const methods = [
  'create',
  'read',
  'update',
  'touch',
  'end',
  'list',
  'mark',
  'isMarked',
  'firstUse',
  'used',
  'keep',
  'recall',
  'lock',
  'now',
  'ready',
  'subscribe',
] as const satisfies readonly (keyof SessionStore)[];

type Methods = Record<(typeof methods)[number], (...args: unknown[]) => unknown>;

/** The store as core calls it: whatever it fails with becomes one error, which says 503 and never "signed out". */
export function guardStore<S extends LogoutStore>(store: S): S {
  const all = store as unknown as Methods;
  const guarded = methods.filter((name) => all[name] !== undefined).map((name) => [name, guard(all, name)] as const);
  for (const [, method] of guarded) guarding.set(method, store);
  return Object.fromEntries(guarded) as unknown as S;
}

/** Which store a method of ours stands before. */
const guarding = new WeakMap<object, object>();

/**
 * What `read` of a guarded store resolves with, at once, where that lies in the memory of this process; `now` is a number
 * then. Undefined: only `read` can tell, as where either was replaced.
 */
export function readNow(
  { read, now }: Pick<SessionStore, 'read' | 'now'>,
  client: ClientRef,
  id: string,
): SessionRecord | undefined {
  const store = guarding.get(read);
  return store && store === guarding.get(now) ? MemoryStore.readNow(store, client, id) : undefined;
}

function guard(store: Methods, name: keyof Methods): Methods[keyof Methods] {
  const refuse = (cause: unknown): never => {
    if (cause instanceof OidcError) throw cause;
    throw new UnavailableError('store_unavailable', `The session store failed at ${name}.`, { cause });
  };
  return (...args) => {
    try {
      const result = store[name](...args);
      return isPromise(result) ? Promise.resolve(result).catch(refuse) : result;
    } catch (error) {
      return refuse(error);
    }
  };
}

/** Promises of other libraries and other realms are no instances of ours. */
function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}
