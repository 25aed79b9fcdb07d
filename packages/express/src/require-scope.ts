import {
  checkPolicy,
  type ClaimDemand,
  NodeApiRequest,
  type NodeRequest,
  type Policy,
  type TokenVerifier,
  type VerifiedToken,
} from '@latchkey/core';
import type { NextFunction, Response } from 'express';
import { admittedBy } from './admitted.js';
import { refuse } from './refuse.js';
import type { AnyClaims } from './require-token.js';
import type { Granted } from './types.js';

/** A handler that holds the token before it to more, and tells those after it that there is one. */
export type GrantHandler<Claims extends object> = (
  req: NodeRequest,
  res: Response<unknown, Granted<VerifiedToken<Claims>>>,
  next: NextFunction,
) => void;

/**
 * Lets only requests pass whose token has all of these scopes: space-delimited, or a list. All others go to the error
 * handlers, with 403 and the scopes in the challenge. It stands behind `requireToken()` or `requireLoginOrToken()`.
 * @throws ConfigurationError `invalid_option`
 * @throws TypeError at a request that none of them has let pass
 * @example app.post('/orders', requireScope('orders:write'), handler)
 */
export function requireScope<Claims extends object = AnyClaims>(
  scope: string | readonly string[],
): GrantHandler<Claims> {
  // A scope that is left out would demand nothing.
  return demanding({ scope: scope ?? '' }, 'requireScope()');
}

/**
 * Lets only requests pass whose token has this claim: equal to the value, or a list with the value in it, or as the
 * predicate wants it. All others go to the error handlers, with 403. It stands behind `requireToken()` or
 * `requireLoginOrToken()`.
 * @throws ConfigurationError `invalid_option`
 * @throws TypeError at a request that none of them has let pass
 * @example app.use('/admin', requireClaim('roles', 'admin'))
 */
export function requireClaim<Claims extends object = AnyClaims>(
  name: string,
  demand: ClaimDemand,
): GrantHandler<Claims> {
  return demanding({ claims: { [name]: demand } }, 'requireClaim()');
}

/** What the guard before has let pass is held against more; its challenges are the guard's. */
function demanding(given: Policy, name: string): GrantHandler<AnyClaims> {
  const policy = checkPolicy(given);
  const checks = new WeakMap<TokenVerifier, ReturnType<TokenVerifier['policy']>>();
  const checkOf = (verifier: TokenVerifier): ReturnType<TokenVerifier['policy']> => {
    const known = checks.get(verifier) ?? verifier.policy(policy);
    checks.set(verifier, known);
    return known;
  };
  return (req, res, next) => {
    const before = admittedBy(req);
    if (!before)
      throw new TypeError(`Expected requireToken() before ${name}, came a request that it has not let pass.`);
    const { auth, verifier } = before;
    try {
      if (auth || !verifier.passesPreflight(new NodeApiRequest(req))) checkOf(verifier)(auth);
    } catch (error) {
      return refuse(error, { req, res, next });
    }
    next();
  };
}
