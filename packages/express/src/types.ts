import type {
  IdToken,
  LoginRequest,
  LogoutRequest,
  Session,
  SessionSummary,
  UserClaims,
  VerifiedToken,
} from '@latchkey/core';
import type { Response } from 'express';

/** `req.oidc`: who is signed in. Asking for it marks the response `Cache-Control: private, no-store`. */
export interface RequestOidc<User = UserClaims | undefined> {
  /** Whether somebody is signed in. */
  readonly isAuthenticated: boolean;
  /** What the ID token and the userinfo say of the user, or what `onLogin` made of it; undefined for anonymous requests. */
  readonly user: User;
  /** The validated claims of the login's ID token. */
  readonly claims: IdToken | undefined;
  /** The login's ID token as it was signed. */
  readonly idToken: string | undefined;
  /** The session behind it. */
  readonly session: Session | undefined;
  /**
   * An access token that lives for `minValidity` more seconds (default 30), refreshed first when this one does not.
   * @throws DeniedError `login_required` when nobody is signed in, or the session is over
   * @throws UnavailableError when the token expired and the OP cannot be reached
   */
  accessToken(wanted?: { readonly minValidity?: number }): Promise<string>;
  /** All sessions of this user at this client, the latest first. */
  sessions(): Promise<readonly SessionSummary[]>;
  /** Ends all other sessions of this user, as a change of password wants it; returns how many did. */
  endOthers(): Promise<number>;
}

/** `res.oidc`: what to do about it. */
export interface ResponseOidc {
  /** Sends the browser to sign in, and back to `returnTo`, which is by default where it is now. */
  login(request?: Omit<LoginRequest, 'beganUnder'>): Promise<void>;
  /** Signs out here and at the OP; refused unless a page of this site asks for it. */
  logout(request?: LogoutRequest): Promise<void>;
}

declare const user: unique symbol;
/**
 * The `res.locals` of the handlers after `requireLogin<User>()`: Express's own, marked by what their `req.oidc.user` is.
 * The mark exists in types alone. It is optional, so that handlers that know nothing of it can stand in the same chain.
 */
export type SignedIn<User> = Response['locals'] & { readonly [user]?: { readonly is: User } };

/** What `req.oidc.user` is where `res.locals` is of this type. */
type UserOf<Locals> = typeof user extends keyof Locals
  ? Locals extends SignedIn<infer User>
    ? User
    : never
  : UserClaims | undefined;

declare const auth: unique symbol;
/** The `res.locals` of the handlers after `requireToken()`, marked in the same way by what their `req.auth` is. */
export type Authorized<Auth> = Response['locals'] & { readonly [auth]?: { readonly is: Auth } };

declare const granted: unique symbol;
/** The same after `requireScope()` and `requireClaim()`, where no guard in the same chain has said it already. */
export type Granted<Auth> = Response['locals'] & { readonly [granted]?: { readonly is: Auth } };

/** What `req.auth` is where `res.locals` is of this type. */
type AuthOf<Locals> = typeof auth extends keyof Locals
  ? Locals extends Authorized<infer Auth>
    ? Auth
    : never
  : typeof granted extends keyof Locals
    ? Locals extends Granted<infer Auth>
      ? Auth
      : never
    : UnmarkedAuth;

/** Another library may have said what `req.auth` is, as express-oauth2-jwt-bearer does; that holds where ours does not stand. */
type UnmarkedAuth = 'auth' extends keyof Express.Request
  ? Express.Request extends { auth?: infer Theirs }
    ? Theirs
    : never
  : VerifiedToken | undefined;

declare module 'express-serve-static-core' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- an interface merges only under the same parameters
  interface Request<P, ResBody, ReqBody, ReqQuery, LocalsObj> {
    /** Who is signed in; made by `oidc()`. */
    readonly oidc: RequestOidc<UserOf<LocalsObj>>;
    /** The access token that came with the request; made by `requireToken()`. */
    readonly auth: AuthOf<LocalsObj>;
  }
  interface Response {
    /** Signs in and out; made by `oidc()`. */
    readonly oidc: ResponseOidc;
  }
}
