import {
  checkClientTokenOptions,
  checkLoginDemand,
  type ClientTokenOptions,
  demandLogin,
  hasCredentials,
  isAdmitted,
  type LoginDemand,
  type NodeRequest,
  type OidcClient,
  send,
  tokenOptionsOf,
  TokenVerifier,
  type UserClaims,
  type VerifiedToken,
  type Visit,
} from '@latchkey/core';
import type { NextFunction, Response } from 'express';
import { admit, type Admitted } from './admitted.js';
import { dependOnSession, takeNoSession, visitOf } from './attach.js';
import type { Way } from './refuse.js';
import { type AnyClaims, takeToken } from './require-token.js';
import type { Authorized, SignedIn } from './types.js';

/** What `requireLoginOrToken()` takes. */
export interface LoginOrTokenOptions extends LoginDemand {
  /** As for `requireToken()`. What is left out is as for `oidc()`: its issuer, its base URL as the audience, its store. */
  readonly token?: ClientTokenOptions;
}

/** Tells the handlers after it that there is a user, or else a token. */
export type LoginOrTokenHandler<User, Claims extends object> = (
  req: NodeRequest,
  res: Response<unknown, SignedIn<User | undefined> & Authorized<VerifiedToken<Claims> | undefined>>,
  next: NextFunction,
) => void;

/**
 * Lets requests pass by their access token, as `requireToken()` does, or by their session, as `requireLogin()` does: an
 * Authorization header of the scheme Bearer or DPoP decides alone, and nobody is signed in then; every other request
 * needs a session. Options are checked at once; what they leave to the client is known at its first request, so that a
 * guard verifies for each `oidc()` that it stands behind by itself.
 * @throws ConfigurationError `invalid_option`
 * @throws TypeError at a request that `oidc()` has not seen
 * @example app.get('/orders', requireLoginOrToken(), (req, res) => res.json(ordersOf(req.auth?.sub ?? req.oidc.user?.sub)))
 */
export function requireLoginOrToken<User = UserClaims, Claims extends object = AnyClaims>(
  options: LoginOrTokenOptions = {},
): LoginOrTokenHandler<User, Claims> {
  const { token, ...rest } = options;
  const demand = checkLoginDemand(rest);
  const given = checkClientTokenOptions(token);
  const verifiers = new WeakMap<OidcClient, TokenVerifier>();
  const verifierOf = (client: OidcClient): TokenVerifier => {
    const known = verifiers.get(client) ?? new TokenVerifier(tokenOptionsOf(client, given));
    verifiers.set(client, known);
    return known;
  };
  return (req, res, next) => {
    const visit = visitOf(req, 'requireLoginOrToken()');
    const verifier = verifierOf(visit.client);
    const way = { req, res, next };
    if (hasCredentials(visit)) {
      takeNoSession(req);
      return takeToken(verifier, way);
    }
    const by = { auth: undefined, verifier };
    if (!verifier.passesPreflight(visit)) {
      if (!isAdmitted(visit, demand)) return void takeSession(visit, way, { demand, by }).catch(next);
      dependOnSession(visit, res);
    }
    admit(req, by);
    next();
  };
}

interface Terms {
  readonly demand: LoginDemand;
  /** Who takes tokens here: a 401 says so to those who could have brought one. */
  readonly by: Admitted;
}

async function takeSession(visit: Visit, { req, res, next }: Way, { demand, by }: Terms): Promise<void> {
  const refusal = await demandLogin(visit, demand).finally(() => dependOnSession(visit, res));
  if (!refusal) {
    admit(req, by);
    return next();
  }
  if (refusal.status === 401 && !refusal.headers.has('WWW-Authenticate'))
    refusal.headers.set('WWW-Authenticate', by.verifier.challenge);
  await send(refusal, res);
}
