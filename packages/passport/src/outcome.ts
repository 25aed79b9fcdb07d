import type { OidcError } from '@latchkey/core';
import type passport from 'passport';
import { carryHeaders } from './answers.js';
import type { Seen } from './requests.js';
import type { Scope } from './scope.js';
import type { Failure } from './types.js';

/** The one of passport's five outcomes that a request came to. */
export type Outcome<Info extends object = object> =
  | { readonly is: 'success'; readonly user: Express.User; readonly info: Info }
  /** `why` is what people may read, or a challenge. */
  | { readonly is: 'fail'; readonly why: Failure | string; readonly status: number }
  | { readonly is: 'redirect'; readonly url: string; readonly status: number }
  | { readonly is: 'pass' }
  | { readonly is: 'error'; readonly error: unknown };

/** Tells passport what a request came to. */
export function conclude(strategy: passport.StrategyCreatedStatic, decision: Promise<Outcome>): void {
  // Taken before anything is waited for: given a strategy in place of a name, passport hangs what answers the next
  // request on the same object, and that one would be signed in as this one's user.
  const success = strategy.success.bind(strategy);
  const fail = strategy.fail.bind(strategy);
  const redirect = strategy.redirect.bind(strategy);
  const pass = strategy.pass.bind(strategy);
  const error = strategy.error.bind(strategy);
  decision
    .catch((fault: unknown): Outcome => ({ is: 'error', error: fault }))
    .then((outcome) => {
      switch (outcome.is) {
        case 'success':
          return success(outcome.user, outcome.info);
        case 'fail':
          return fail(typeof outcome.why === 'string' ? outcome.why : { ...outcome.why }, outcome.status);
        case 'redirect':
          return redirect(outcome.url, outcome.status);
        case 'pass':
          return pass();
        case 'error':
          return error(outcome.error);
      }
    })
    .catch(error);
}

/** What an answer of core's comes to that lets nobody pass: a redirect, a refusal, or a fault. */
export function outcomeOf(answer: Response, seen: Seen, { refusal, verified }: Scope): Outcome<never> {
  carryHeaders(answer, seen.res);
  const location = answer.headers.get('location');
  if (location !== null && answer.status < 400) return { is: 'redirect', url: location, status: answer.status };
  const error = expected(refusal);
  seen.refused = { error, answer };
  // A page of the program's own may say that all is well.
  const status = answer.status < 400 ? error.status : answer.status;
  if (status >= 500 && error.code !== 'prefetch') return { is: 'error', error };
  return { is: 'fail', why: { message: error.publicMessage, code: error.code, ...verified?.info }, status };
}

function expected(refusal: OidcError | undefined): OidcError {
  if (refusal) return refusal;
  throw new TypeError('Expected a reason for an answer that lets nobody pass, came none.');
}
