import { answering, beginLogin, beginLogout, DeniedError, send, type Session, type Visit } from '@latchkey/core';
import type { Request, Response } from 'express';
import type { RequestOidc, ResponseOidc } from './types.js';

const visits = new WeakMap<object, Visit>();

/**
 * The visit that `oidc()` made of this request.
 * @throws TypeError when `oidc()` was not mounted before
 */
export function visitOf(req: object): Visit {
  const visit = visits.get(req);
  if (!visit)
    throw new TypeError('Expected app.use(oidc(...)) before requireLogin(), came a request that it has not seen.');
  return visit;
}

/** Hangs `req.oidc` and `res.oidc` on a request, after its session was read. */
export async function attach(visit: Visit, req: Request, res: Response): Promise<void> {
  visits.set(req, visit);
  await visit.readAhead();
  for (const cookie of visit.takeCookies()) res.append('Set-Cookie', cookie);
  let view: RequestOidc | undefined;
  const ask = (): RequestOidc => {
    // Asking is what makes a response depend on the session, so it is what marks it.
    if (!res.headersSent) res.setHeader('Cache-Control', 'private, no-store');
    const { known } = visit;
    return view && view.session === known ? view : (view = viewOf(known));
  };
  Object.defineProperty(req, 'oidc', { configurable: true, get: ask });
  Object.defineProperty(res, 'oidc', { configurable: true, value: actsOf(visit, res) });
}

function viewOf(session: Session | undefined): RequestOidc {
  return {
    isAuthenticated: session !== undefined,
    user: session?.user,
    session,
    get claims() {
      return session?.claims;
    },
    get idToken() {
      return session?.idToken;
    },
    accessToken: async (wanted) => signedIn(session).accessToken(wanted),
    sessions: async () => signedIn(session).sessions(),
    endOthers: async () => signedIn(session).endOthers(),
  };
}

/** @throws DeniedError `login_required` */
function signedIn(session: Session | undefined): Session {
  if (session) return session;
  throw new DeniedError('login_required', 'Expected a signed-in session, came none.', { status: 401 });
}

function actsOf(visit: Visit, res: Response): ResponseOidc {
  // Only what can be opened again is a page to come back to.
  const here = visit.method === 'GET' || visit.method === 'HEAD' ? { returnTo: visit.target } : {};
  return {
    login: async (request) => {
      const all = { ...here, ...request };
      await send(await answering(visit, () => beginLogin(visit, all), { tryAgain: all.returnTo }), res);
    },
    logout: async (request) => send(await answering(visit, () => beginLogout(visit, request)), res),
  };
}
