import { NodeApiRequest, type NodeRequest, type TokenOptions, TokenVerifier, type VerifiedToken } from '@latchkey/core';
import type { NextFunction, Response } from 'express';
import { admit, type Admitted, admittedBy } from './admitted.js';
import { refuse, type Way } from './refuse.js';
import type { Authorized } from './types.js';

/**
 * A handler that passes requests on whose token it takes, and tells those after it what `req.auth` is. Like `LoginHandler`
 * it is not generic, and says nothing of the request's parameters.
 */
export type TokenHandler<Auth> = (
  req: NodeRequest,
  res: Response<unknown, Authorized<Auth>>,
  next: NextFunction,
) => void;

/** Where nothing is said of the claims, each is unknown. */
export type AnyClaims = Record<never, never>;

/**
 * Lets only requests with a good access token pass, which is `req.auth` from then on. All others go to the error handlers,
 * with the status and the challenge of RFC 6750, 9449 or 9470; while the OP cannot be asked, with 503. Make one, and use
 * it wherever its options hold: it remembers what it has verified.
 * @throws ConfigurationError `invalid_option` naming the option, what was expected and what came
 * @example app.use('/api', requireToken({ issuer, audience, scope: 'orders:read' }))
 */
export function requireToken<Claims extends object = AnyClaims>(
  options: TokenOptions & { readonly optional?: false },
): TokenHandler<VerifiedToken<Claims>>;
export function requireToken<Claims extends object = AnyClaims>(
  options: TokenOptions,
): TokenHandler<VerifiedToken<Claims> | undefined>;
export function requireToken(options: TokenOptions): TokenHandler<VerifiedToken | undefined> {
  const verifier = new TokenVerifier(options);
  return (req, res, next) => takeToken(verifier, { req, res, next });
}

/** Lets a request pass by its token alone; at once where nothing has to be fetched for that. */
export function takeToken(verifier: TokenVerifier, way: Way): void {
  const request = admittedBy(way.req)?.request ?? new NodeApiRequest(way.req, way.res);
  let verdict: ReturnType<TokenVerifier['verify']>;
  try {
    verdict = verifier.verify(request);
  } catch (error) {
    return refuse(error, way);
  }
  if (!(verdict instanceof Promise)) return pass(way, { auth: verdict, verifier });
  verdict.then(
    (auth) => pass(way, { auth, verifier, ...(auth?.scheme === 'DPoP' && { request }) }),
    (error: unknown) => refuse(error, way),
  );
}

function pass({ req, next }: Way, by: Admitted): void {
  admit(req, by);
  next();
}
