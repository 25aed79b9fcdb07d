import { checkLoginDemand, demandLogin, isAdmitted, type LoginDemand, send, type UserClaims } from '@latchkey/core';
import type { NextFunction, Response } from 'express';
import { dependOnSession, visitOf } from './attach.js';
import type { SignedIn } from './types.js';

/**
 * A handler that passes signed-in requests on, and tells those after it what type their user has. It is not generic,
 * since TypeScript learns nothing from a generic handler; it says nothing of the request, whose parameters the path tells.
 */
export type LoginHandler<User> = (req: object, res: Response<unknown, SignedIn<User>>, next: NextFunction) => void;

/**
 * Lets only signed-in requests pass: a navigation is sent to sign in and comes back, everything else gets 401. An
 * unsafe request with a session must come from a page of this site, or gets 403. With `acr` or `maxAge`, whoever has not
 * signed in well enough, or too long ago (seconds), is sent to do it again.
 * @throws ConfigurationError `invalid_option`
 * @throws TypeError at a request that `oidc()` has not seen
 * @example app.get('/me', requireLogin(), (req, res) => res.json(req.oidc.user))
 */
export function requireLogin<User = UserClaims>(options: LoginDemand = {}): LoginHandler<User> {
  const demand = checkLoginDemand(options);
  return (req, res, next) => {
    const visit = visitOf(req);
    if (isAdmitted(visit, demand)) {
      dependOnSession(visit, res);
      return next();
    }
    demandLogin(visit, demand)
      .finally(() => dependOnSession(visit, res))
      .then((refusal) => (refusal ? send(refusal, res) : next()), next);
  };
}
