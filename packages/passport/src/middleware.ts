import { handle, headersOf, type OidcClient, send, targetOf, toRequest, Visit } from '@latchkey/core';
import { carrySession } from './answers.js';
import { bindLogOut, settle } from './marks.js';
import { note, partsOf, type PassportRequest, type Seen } from './requests.js';
import { within } from './scope.js';
import type { Middleware, MiddlewareOptions } from './types.js';

/** Serves the client's routes, and ends login sessions whose session behind has ended. */
export function middlewareOf(client: OidcClient, { callback = true }: MiddlewareOptions): Middleware {
  return (req, res, next) => {
    const visit = visitOf(client, req);
    const seen = note({ req, res, visit, hasSession: partsOf(req).session !== undefined });
    const { route } = visit;
    if (route && (callback || route.name !== 'callback')) serve(seen).catch(next);
    else attend(seen).then(() => next(), next);
  };
}

function visitOf(client: OidcClient, req: PassportRequest): Visit {
  return new Visit(client, req.method ?? 'GET', targetOf(req), headersOf(req));
}

async function serve(seen: Seen): Promise<void> {
  const { req, res, visit } = seen;
  const { client, route } = visit;
  const request = await toRequest(req, new URL(client.baseUrl).origin);
  const answer = await within({ req }, () => handle(client, request));
  // Whoever has signed out here leaves nothing behind; elsewhere it is the next request that shows what has ended.
  if (route?.name === 'logout') await settle(seen, visitOf(client, req));
  if (answer) await send(answer, res);
}

async function attend(seen: Seen): Promise<void> {
  await settle(seen, seen.visit);
  carrySession(seen.visit, seen.res);
  bindLogOut(seen);
}
