import { ConfigurationError, type Hooks, type OidcError, type OidcOptions, refuseLogin } from '@latchkey/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { PassportRequest } from './requests.js';
import { ask, requireVerify, type VerifiedLogin, type Verify, type VerifyAnswer } from './verify.js';

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

/** What `OidcStrategy` takes: the options of a client, whose `onLogin` is `verify`. */
export type OidcStrategyOptions = Omit<OidcOptions, 'hooks'> & { readonly hooks?: Omit<Hooks, 'onLogin'> };

/** The options with `verify` for their `onLogin`. @throws ConfigurationError `invalid_option` */
export function withVerify(options: OidcStrategyOptions, verify: Verify<VerifiedLogin>): OidcOptions {
  const { hooks = {} }: OidcOptions = options;
  requireVerify(verify);
  // What are no hooks is for the client to refuse.
  if (!isObject(hooks) || !isHook(hooks.onError)) return options;
  if (hooks.onLogin !== undefined)
    throw new ConfigurationError(
      'invalid_option',
      'Option hooks.onLogin: expected nothing, since verify is asked, came a hook.',
    );
  const onLogin: Hooks['onLogin'] = async (context) => {
    const scope = scopes.getStore();
    if (!scope) throw new TypeError('Expected a callback that the strategy or its middleware answers, came another.');
    const answer = await ask(verify, { ...context, req: scope.req });
    scope.verified = answer;
    return answer.user ?? refuseLogin(reasonOf(answer.info));
  };
  const onError: Hooks['onError'] = (error, context) => {
    const scope = scopes.getStore();
    if (scope) scope.refusal = error;
    return hooks.onError?.(error, context);
  };
  return { ...options, hooks: { ...hooks, onLogin, onError } };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isHook(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}

function reasonOf(info: object | undefined): string {
  const { message } = (info ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : 'You cannot sign in here.';
}
