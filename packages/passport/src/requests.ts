import type { NodeRequest, OidcClient, Visit } from '@latchkey/core';
import type { ServerResponse } from 'node:http';
// What passport adds to the requests of Express, in types alone.
import type {} from 'passport';

/** A user of the program, as `Express.User` describes it. */
type User = Express.User;

/** What ends a login session or begins one hears of a failure. */
export type Done = (error?: unknown) => void;

/** `req.logIn()`, which passport gives to requests. */
export type LogIn = (user: User, options: LogInOptions | Done, done?: Done) => void;

/** `req.logOut()`, which passport gives to requests. */
export type LogOut = (options: LogOutOptions | Done, done?: Done) => void;

/** What programs hand to `req.logOut()`. */
export interface LogOutOptions {
  readonly keepSessionInfo?: boolean;
}

/** What `passport.authenticate()` and programs hand to `req.logIn()`. */
export interface LogInOptions {
  readonly session?: boolean;
  readonly successReturnToOrRedirect?: string;
}

/** Of a session of `express-session`, or of what stands in for it: what we use. */
export interface LoginSession {
  regenerate(done: Done): void;
  passport?: { user?: unknown };
  /** Which session of ours the user in it signed in with. */
  latchkey?: Mark | undefined;
  /** Where `successReturnToOrRedirect` leads. */
  returnTo?: string;
}

/** Names a session of ours. The id is that of its record, which opens nothing. */
export interface Mark {
  readonly issuer: string;
  readonly clientId: string;
  readonly session: string;
}

/** A request as passport, a session middleware and the framework have left it. */
export type PassportRequest = NodeRequest & Express.Request;

/** The parts of it that we call. */
export interface LoginRequestParts {
  session?: LoginSession | undefined;
  logIn?: LogIn;
  login?: LogIn;
  logOut?: LogOut;
  logout?: LogOut;
  isAuthenticated?(): boolean;
  /** Where passport keeps the user, when it was told to. */
  _userProperty?: string;
}

/** The same request, with what passport has hung on it. */
export function partsOf(req: PassportRequest): LoginRequestParts {
  return req as unknown as LoginRequestParts;
}

/** The user that passport has found. */
export function userOf(req: PassportRequest): Express.User | undefined {
  return Reflect.get(req, userPropertyOf(req)) as Express.User | undefined;
}

/** Under which name passport keeps the user. */
export function userPropertyOf(req: PassportRequest): string {
  return partsOf(req)._userProperty ?? 'user';
}

/** What the middleware has made of a request. */
export interface Seen {
  readonly req: PassportRequest;
  readonly res: ServerResponse;
  /** The request as core sees it; after a completed login, as the browser will send the next. */
  visit: Visit;
  /** Whether a session middleware has been at work before. */
  readonly hasSession: boolean;
  /** Whether its `logOut()` ends the session of ours too. */
  bound?: boolean;
  /** What was refused, and the answer to it. */
  refused?: { readonly error: unknown; readonly answer: Response };
}

/** One program may have several clients. */
const seen = new WeakMap<OidcClient, WeakMap<object, Seen>>();

/** Remembers what was made of a request. */
export function note(it: Seen): Seen {
  const ofClient = seen.get(it.visit.client) ?? new WeakMap<object, Seen>();
  seen.set(it.visit.client, ofClient.set(it.req, it));
  return it;
}

/** What was made of a request; undefined when the middleware has not seen it. */
export function seenOf(client: OidcClient, req: PassportRequest): Seen | undefined {
  return seen.get(client)?.get(req);
}

/** Requests whose token `BearerStrategy` has refused. */
export const tokenRefused = new WeakSet<object>();

/** What a callback was given for an error, as one. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('A callback was given an error that is none.', { cause: error });
}
