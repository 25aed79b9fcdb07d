import { demandLogin, send, type UserClaims } from '@latchkey/core';
import type { NextFunction, Request, Response } from 'express';
import { visitOf } from './attach.js';
import type { SignedIn } from './types.js';

/** A handler that passes signed-in requests on, and tells those after it what type their user has. */
export type LoginHandler<User> = <P, ResBody, ReqBody, ReqQuery>(
  req: Request<P, ResBody, ReqBody, ReqQuery, SignedIn<User>>,
  res: Response<ResBody, SignedIn<User>>,
  next: NextFunction,
) => void;

/**
 * Lets only signed-in requests pass: a navigation is sent to sign in and comes back, everything else gets 401. An
 * unsafe request with a session must come from a page of this site, or gets 403.
 * @throws TypeError at a request that `oidc()` has not seen
 * @example app.get('/me', requireLogin(), (req, res) => res.json(req.oidc.user))
 */
export function requireLogin<User = UserClaims>(): LoginHandler<User> {
  return (req, res, next) => {
    const visit = visitOf(req);
    res.setHeader('Cache-Control', 'private, no-store');
    demandLogin(visit).then((refusal) => (refusal ? send(refusal, res) : next()), next);
  };
}
