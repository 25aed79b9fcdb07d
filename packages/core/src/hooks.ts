import { DeniedError, type OidcError } from './errors.js';
import type { IdToken, TokenSuccessResponse } from './messages/index.js';
import type { EndReason } from './session/logout-store.js';
import type { UserClaims } from './session/user.js';

/** What `onLogin` gets. */
export interface LoginContext {
  /** The ID token's claims and the userinfo, merged; without what belongs to the protocol alone. */
  readonly user: UserClaims;
  /** The validated ID token. */
  readonly idToken: IdToken;
  /** What the token endpoint answered. */
  readonly tokens: TokenSuccessResponse;
  /** The callback request, without its query: code and state are nobody's business. */
  readonly request: Request;
}

/** What `onLogout` gets: which sessions a logout ended, after it was carried out. */
export interface LogoutContext {
  /** What ended them. */
  readonly reason: EndReason;
  /** The sessions that ended: whose they were, and what `onLogin` made of the user. */
  readonly sessions: readonly { readonly sub: string; readonly sid?: string; readonly user: unknown }[];
}

/** What `onError` gets beside the error. */
export interface ErrorContext {
  /** The request that failed, without its query. */
  readonly request: Request;
  /** Where "try again" leads: a path of this program that starts a new login. */
  readonly tryAgain: string;
}

/** An answer of the program's own: a redirect, a page, or a whole response. */
export type OwnAnswer = { readonly redirect: string } | { readonly html: string; readonly status?: number } | Response;

/** Where a program joins in; each hook is awaited. */
export interface Hooks {
  /** Maps the claims to a user of the program (JSON), which the session keeps; or refuses with `refuseLogin`. */
  readonly onLogin?: (context: LoginContext) => unknown;
  /** Hears of every logout that ended sessions. A failure is reported as an event and undoes nothing. */
  readonly onLogout?: (context: LogoutContext) => void | Promise<void>;
  /** Answers an error in place of our page; undefined leaves it to ours. */
  readonly onError?: (
    error: OidcError,
    context: ErrorContext,
  ) => OwnAnswer | undefined | Promise<OwnAnswer | undefined>;
}

/**
 * Refuses a login from within `onLogin`; nobody is signed in.
 * @param reason what the user reads, as plain text
 * @throws DeniedError `login_refused`
 */
export function refuseLogin(reason: string): never {
  throw new DeniedError('login_refused', 'onLogin refused this login.', { publicMessage: reason });
}
