import { endSessions, type Session, type Visit } from '@latchkey/core';
import {
  asError,
  type LoginRequestParts,
  partsOf,
  type PassportRequest,
  type Seen,
  userOf,
  userPropertyOf,
} from './requests.js';
import type { Done, LogIn, LogOut, LogOutOptions, Mark } from './requests.js';

/*
 * A login session of passport's own, in `express-session`, knows nothing of logouts at the OP. So each that this
 * strategy began is marked with the session of ours behind it, and is over when that one is.
 */

/**
 * Ends the login session of a request when the session behind it has ended. Where that cannot be found out, whoever
 * asks for the user is told so: nobody is anonymous because of a fault, and nobody is signed in by a guess.
 * @throws TypeError where passport restores users only after it
 */
export async function settle({ req }: Seen, visit: Visit): Promise<void> {
  const mark = markOf(req, visit);
  if (!mark) return;
  const logOut = requireOrder(req);
  try {
    if ((await visit.session())?.record.id === mark.session) return;
  } catch (fault) {
    return withhold(req, fault);
  }
  if (visit.bringsSession) return leave(req, logOut);
  // Without its cookie, which pages elsewhere cannot send along, a request says nothing of the session: it is nobody's.
  Reflect.set(req, userPropertyOf(req), undefined);
}

function markOf(req: PassportRequest, { client }: Visit): Mark | undefined {
  const mark = partsOf(req).session?.latchkey;
  return mark?.issuer === client.ref.issuer && mark.clientId === client.ref.clientId ? mark : undefined;
}

/** A user that is restored later is one that nobody has looked after. */
function requireOrder(req: PassportRequest): LogOut {
  const { session, logOut } = partsOf(req);
  const isRestored = isAuthenticated(req) || (session?.passport && session.passport.user === undefined);
  if (isRestored && logOut) return logOut;
  throw new TypeError("Expected passport.session() before the strategy's middleware, came it after.");
}

function withhold(req: PassportRequest, fault: unknown): void {
  Object.defineProperty(req, userPropertyOf(req), {
    configurable: true,
    get(): never {
      throw fault;
    },
    // Whoever signs in otherwise, by another strategy, has signed in.
    set(value: unknown) {
      Object.defineProperty(req, userPropertyOf(req), { configurable: true, enumerable: true, writable: true, value });
    },
  });
}

function leave(req: PassportRequest, logOut: LogOut, options: LogOutOptions = {}): Promise<void> {
  delete partsOf(req).session?.latchkey;
  return new Promise((resolve, reject) =>
    logOut.call(req, options, (error) => (error ? reject(asError(error)) : resolve())),
  );
}

function isAuthenticated(req: PassportRequest): boolean {
  return partsOf(req).isAuthenticated?.() ?? false;
}

/** What a login session is begun for. */
export interface Begun {
  readonly session: Session;
  /** The user that passport is given. */
  readonly user: Express.User;
  /** The page that the login began at. */
  readonly returnTo?: string | undefined;
}

/** Lets `req.logIn()` begin one login session for a session of ours, marked with it; without `express-session`, none. */
export function bindLogIn(seen: Seen, begun: Begun): void {
  const { req } = seen;
  const parts = partsOf(req);
  const { logIn } = parts;
  if (!logIn) return;
  const bound: LogIn = (user, given, callback) => {
    const [options, done] = typeof given === 'function' ? [{}, given] : [given, callback];
    if (!done) return logIn.call(req, user, options);
    if (options.session === false || !parts.session) return logIn.call(req, user, { ...options, session: false }, done);
    if (!seen.hasSession)
      return done(new TypeError("Expected the session middleware before the strategy's, came it after."));
    if (user === begun.user && isIn(seen, begun.session)) return done();
    markAtBirth(parts, begun, options.successReturnToOrRedirect !== undefined);
    logIn.call(req, user, options, (error) => {
      if (error) delete parts.session?.latchkey;
      done(error);
    });
  };
  parts.logIn = bound;
  parts.login = bound;
}

/** Whether the login session of a request is that of a session of ours. */
function isIn({ req, visit }: Seen, session: Session): boolean {
  const mark = markOf(req, visit);
  return mark?.session === session.record.id && isAuthenticated(req);
}

/** The user of a session of ours: as the program restored it for its login session, or as the session keeps it. */
export function userFor(seen: Seen, session: Session): Express.User {
  return (isIn(seen, session) ? userOf(seen.req) : undefined) ?? session.user;
}

/**
 * Marks the login session that passport begins, before anything of it is kept: one that is kept without its mark would
 * outlive the session. Passport lets the session before it make it.
 */
function markAtBirth(parts: LoginRequestParts, { session, returnTo }: Begun, leads: boolean): void {
  const before = parts.session!;
  const { client, id } = session.record;
  const own = Object.getOwnPropertyDescriptor(before, 'regenerate');
  const regenerate = before.regenerate.bind(before);
  before.regenerate = (done) => {
    if (own) Object.defineProperty(before, 'regenerate', own);
    else Reflect.deleteProperty(before, 'regenerate');
    regenerate((error) => {
      const latchkey: Mark = { issuer: client.issuer, clientId: client.clientId, session: id };
      // That of before too, since passport may be told to keep what was in it.
      for (const each of [before, parts.session!]) each.latchkey = latchkey;
      if (leads && returnTo !== undefined) parts.session!.returnTo = returnTo;
      done(error);
    });
  };
}

/** Lets `req.logOut()` end the session of ours too: else the next page would sign in by it again. */
export function bindLogOut(seen: Seen): void {
  const { req } = seen;
  const parts = partsOf(req);
  const { logOut } = parts;
  if (!logOut || seen.bound) return;
  const both: LogOut = (given, callback) => {
    const [options, done] = typeof given === 'function' ? [{}, given] : [given, callback];
    if (!done) return logOut.call(req, options);
    endOurs(seen).then(
      () => (parts.session ? leave(req, logOut, options).then(() => done(), done) : forget(req, done)),
      done,
    );
  };
  seen.bound = true;
  parts.logOut = both;
  parts.logout = both;
}

async function endOurs({ visit }: Seen): Promise<void> {
  const { client } = visit;
  const session = await visit.session();
  if (session) await endSessions(client, { client: client.ref, sessionId: session.record.id }, 'local');
}

function forget(req: PassportRequest, done: Done): void {
  Reflect.set(req, userPropertyOf(req), null);
  done();
}
