import type { IdToken, LoginRequest, LogoutRequest, Session, UserClaims } from '@latchkey/core';

/** `req.oidc`: who is signed in. Asking for it marks the response `Cache-Control: private, no-store`. */
export interface RequestOidc<User = UserClaims | undefined> {
  readonly isAuthenticated: boolean;
  /** What the ID token and the userinfo say of the user, or what `onLogin` made of it; undefined for anonymous requests. */
  readonly user: User;
  /** The validated claims of the login's ID token. */
  readonly claims: IdToken | undefined;
  /** The login's ID token as it was signed. */
  readonly idToken: string | undefined;
  /** The session behind it. */
  readonly session: Session | undefined;
}

/** `res.oidc`: what to do about it. */
export interface ResponseOidc {
  /** Sends the browser to sign in, and back to `returnTo`, which is by default where it is now. */
  login(request?: Omit<LoginRequest, 'beganUnder'>): Promise<void>;
  /** Signs out here and at the OP; refused unless a page of this site asks for it. */
  logout(request?: LogoutRequest): Promise<void>;
}

declare const user: unique symbol;
/** Marks the handlers after `requireLogin<User>()`, whose `req.oidc.user` is there and of that type. It exists in types alone. */
export type SignedIn<User> = { readonly [user]: User };

declare module 'express-serve-static-core' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- an interface merges only under the same parameters
  interface Request<P, ResBody, ReqBody, ReqQuery, LocalsObj> {
    /** Who is signed in; made by `oidc()`. */
    readonly oidc: RequestOidc<LocalsObj extends SignedIn<infer User> ? User : UserClaims | undefined>;
  }
  interface Response {
    /** Signs in and out; made by `oidc()`. */
    readonly oidc: ResponseOidc;
  }
}
