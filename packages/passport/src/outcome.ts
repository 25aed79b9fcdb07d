import { OidcError, type Session } from '@latchkey/core';
import { carryCookies, carryHeaders } from './answers.js';
import type { Seen } from './requests.js';
import type { Scope } from './scope.js';

/** What `req.authInfo` is after the strategy has let a request pass. */
export interface LoginInfo {
  /** The session that the user is signed in with; its tokens are there. */
  readonly session: Session;
  /** At the callback: the page that the login began at. */
  readonly returnTo?: string;
}

/** The one of passport's five outcomes that a request came to. */
export type Outcome =
  | { readonly is: 'success'; readonly user: Express.User; readonly info: LoginInfo }
  | { readonly is: 'fail'; readonly info: Failure; readonly status: number }
  | { readonly is: 'redirect'; readonly url: string; readonly status: number }
  | { readonly is: 'pass' }
  | { readonly is: 'error'; readonly error: unknown };

/** What passport is told of a refusal: its `failureMessage`, and the `info` of a callback. */
export interface Failure {
  /** What people may read. */
  readonly message: string;
  /** The code of the error, stable. */
  readonly code: string;
}

/** What came of an answer of core's that lets nobody pass: a redirect, a refusal, or something that is broken. */
export function outcomeOf(answer: Response, seen: Seen, { refusal, verified }: Scope): Outcome {
  const { status } = answer;
  const location = answer.headers.get('location');
  if (location !== null) {
    carryHeaders(answer, seen.res);
    return { is: 'redirect', url: location, status };
  }
  carryCookies(answer, seen.res);
  if (!(refusal instanceof OidcError)) throw new TypeError('Expected a reason for this answer, came none.');
  seen.refused = { error: refusal, answer };
  if (status >= 500) return { is: 'error', error: refusal };
  const info = { message: refusal.publicMessage, code: refusal.code, ...verified?.info };
  return { is: 'fail', info, status };
}
