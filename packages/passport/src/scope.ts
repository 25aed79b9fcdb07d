import { type Hooks, type OidcError, type OidcOptions, refuseLogin } from '@latchkey/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { PassportRequest } from './requests.js';
import { ask, type VerifiedLogin, type Verify, type VerifyAnswer } from './verify.js';

/** What core's hooks leave behind for the strategy, whose request they do not know. */
export interface Scope {
  readonly req: PassportRequest;
  /** What the program made of the login. */
  verified?: VerifyAnswer;
  /** What was answered with an error. */
  refusal?: OidcError;
}

const scopes = new AsyncLocalStorage<Scope>();

/** Runs a step of core's, and remembers what its hooks heard. */
export async function within<T>(scope: Scope, step: () => Promise<T>): Promise<T> {
  return scopes.run(scope, step);
}

/** The options with `verify` for their `onLogin`. */
export function withVerify({ hooks, ...options }: OidcOptions, verify: Verify<VerifiedLogin>): OidcOptions {
  const onLogin: Hooks['onLogin'] = async (context) => {
    const scope = scopes.getStore();
    if (!scope) throw new TypeError("Expected a callback that came by the strategy or its middleware, came another's.");
    const answer = await ask(verify, { ...context, req: scope.req });
    scope.verified = answer;
    return answer.user ?? refuseLogin(reasonOf(answer.info));
  };
  const onError: Hooks['onError'] = (error, context) => {
    const scope = scopes.getStore();
    if (scope) scope.refusal = error;
    return hooks?.onError?.(error, context);
  };
  return { ...options, hooks: { ...hooks, onLogin, onError } };
}

function reasonOf(info: object | undefined): string {
  const { message } = (info ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : 'You cannot sign in here.';
}
