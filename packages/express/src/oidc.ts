import { handleVisit, headersOf, OidcClient, type OidcOptions, send, targetOf, toRequest, Visit } from '@latchkey/core';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { attach } from './attach.js';
import { warnOfCsrfBefore } from './csrf-before.js';

/** The middleware, and the client behind it: `client.metadata()` tells what to register at the OP. */
export interface OidcMiddleware extends RequestHandler {
  /** What the routes and the sessions stand on. */
  readonly client: OidcClient;
}

/**
 * Signs people in: serves the routes of a login and a logout, and gives every other request `req.oidc` and `res.oidc`.
 * Mount it before what uses them; a body parser may come before or after.
 * @throws ConfigurationError `invalid_option` naming the option, what was expected and what came
 * @example app.use(oidc({ issuer, clientId, clientSecret, baseUrl, session: { secret } }))
 */
export function oidc(options: OidcOptions): OidcMiddleware {
  const client = new OidcClient(options);
  let isFirst = true;
  const middleware = (req: Request, res: Response, next: NextFunction): void => {
    // Not sooner: what stands before it is known when everything has been mounted.
    if (isFirst) warnOfCsrfBefore(client, req.app, middleware);
    isFirst = false;
    const visit = new Visit(client, req.method, targetOf(req), headersOf(req));
    // Express 4 does not wait for promises, so their failures are handed on here.
    if (visit.route) return void serve(visit, req, res).catch(next);
    attach(visit, req, res);
    const reading = visit.readAhead();
    if (reading) reading.then(() => next(), next);
    else next();
  };
  return Object.assign(middleware, { client });
}

async function serve(visit: Visit, req: Request, res: Response): Promise<void> {
  const response = await handleVisit(visit, () => toRequest(req, visit.client.origin));
  if (response) await send(response, res);
}
