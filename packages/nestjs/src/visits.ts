import { headersOf, type NodeRequest, type OidcClient, targetOf, Visit } from '@latchkey/core';
import { stateOf } from './calls.js';

/** The visit of a request at a client; one for all that ask, so that its session is read once. */
export function visitOf(req: NodeRequest, client: OidcClient): Visit {
  const state = stateOf(req);
  const known = state.visits?.find((visit) => visit.client === client);
  if (known) return known;
  const visit = new Visit(client, req.method ?? 'GET', targetOf(req), headersOf(req));
  state.visits = [...(state.visits ?? []), visit];
  return visit;
}
