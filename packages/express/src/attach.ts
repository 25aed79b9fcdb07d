import { answering, beginLogin, beginLogout, send, type Visit } from '@latchkey/core';
import type { Request, Response } from 'express';
import type { RequestOidc, ResponseOidc } from './types.js';

const visits = new WeakMap<object, Visit>();

/**
 * The visit that `oidc()` made of this request.
 * @throws TypeError when `oidc()` was not mounted before
 */
export function visitOf(req: object): Visit {
  const visit = visits.get(req);
  if (!visit) throw new TypeError('Expected app.use(oidc(...)) before this, came a request that it has not seen.');
  return visit;
}

/** Hangs `req.oidc` and `res.oidc` on a request, after its session was read. */
export async function attach(visit: Visit, req: Request, res: Response): Promise<void> {
  visits.set(req, visit);
  await visit.readAhead();
  // Asking is what makes a response depend on the session, so it is what marks it.
  const view = (): RequestOidc => {
    if (!res.headersSent) res.setHeader('Cache-Control', 'private, no-store');
    return viewOf(visit);
  };
  Object.defineProperty(req, 'oidc', { configurable: true, get: view });
  Object.defineProperty(res, 'oidc', { configurable: true, value: actsOf(visit, res) });
}

/** @throws UnavailableError when the session could not be read */
function viewOf(visit: Visit): RequestOidc {
  const session = visit.known;
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
  };
}

function actsOf(visit: Visit, res: Response): ResponseOidc {
  return {
    login: async (request) =>
      send(await answering(visit, () => beginLogin(visit, { returnTo: visit.target, ...request })), res),
    logout: async (request) => send(await answering(visit, () => beginLogout(visit, request)), res),
  };
}
