import type { LoginDemand, LoginRequest, Policy, Session, VerifiedToken } from '@latchkey/core';
import type { ServerResponse } from 'node:http';
import type { PassportRequest } from './requests.js';

/** What `passport.authenticate('oidc', options)` takes beside passport's own. */
export interface OidcAuthenticateOptions
  extends LoginDemand, Pick<LoginRequest, 'returnTo' | 'authorizationParams'>, Pick<Policy, 'claims'> {
  /** Lets requests pass, without a user, where nobody is signed in; default false. */
  readonly optional?: boolean;
}

/** What `passport.authenticate('bearer', options)` takes beside passport's own: what this route demands of a token. */
export interface BearerAuthenticateOptions extends Omit<Policy, 'scope'> {
  /** All of these scopes, as in `Policy`; passport's own type takes no list that is only read. */
  readonly scope?: string | string[];
}

/** What `req.authInfo` is after `OidcStrategy` has let a request pass. */
export interface LoginInfo {
  /** The session that the user is signed in with: `session.accessToken()` is for calls to other APIs. */
  readonly session: Session;
  /** At the callback, where passport answers that: the page that the login began at, a path of this program. */
  readonly returnTo?: string;
}

/** What `req.authInfo` is after `BearerStrategy` has let a request pass. */
export interface TokenInfo {
  /** The verified access token. */
  readonly auth: VerifiedToken;
}

/** What passport is told of a refusal: its `failureMessage`, and the `info` of a callback. */
export interface Failure {
  /** What people may read. */
  readonly message: string;
  /** The code of the error, which stays the same. */
  readonly code: string;
}

/** A middleware of Express, or of whatever speaks like it. */
export type Middleware = (req: PassportRequest, res: ServerResponse, next: (error?: unknown) => void) => void;

/** What the middleware leaves to the program. */
export interface MiddlewareOptions {
  /**
   * Whether the callback is answered here, with a redirect to where the login began, or a page that says why not.
   * Default true; with false a route of the program has to answer it, by `passport.authenticate()`.
   */
  readonly callback?: boolean;
}

/** Answers errors, as Express calls such a middleware. */
export type ErrorHandler = (
  error: unknown,
  req: PassportRequest,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void;

declare module 'passport' {
  interface AuthenticateOptions extends OidcAuthenticateOptions, BearerAuthenticateOptions {}
}

declare global {
  namespace Express {
    interface AuthInfo extends Partial<LoginInfo>, Partial<TokenInfo> {}
  }
}
