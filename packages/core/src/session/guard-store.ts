import { OidcError, UnavailableError } from '../errors.js';
import type { SessionStore } from './session-store.js';

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

/** The store as core calls it: whatever it fails with becomes one error, which says 503 and never "signed out". */
export function guardStore(store: SessionStore): SessionStore {
  const guarded = methods.map((name) => [name, guard(store, name, store[name] as Method)] as const);
  return Object.fromEntries(guarded) as unknown as SessionStore;
}

type Method = (...args: unknown[]) => unknown;

function guard(store: SessionStore, name: string, method: Method): Method {
  const refuse = (cause: unknown): never => {
    if (cause instanceof OidcError) throw cause;
    throw new UnavailableError('store_unavailable', `The session store failed at ${name}.`, { cause });
  };
  return (...args) => {
    try {
      const result = method.apply(store, args);
      return result instanceof Promise ? result.catch(refuse) : result;
    } catch (error) {
      return refuse(error);
    }
  };
}
