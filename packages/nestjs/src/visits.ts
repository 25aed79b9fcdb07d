import { headerOf, type NodeRequest, type OidcClient, targetOf, Visit } from '@latchkey/core';

const visits = new WeakMap<object, Visit[]>();

/** The visit of a request at a client; one for all that ask, so that its session is read once. */
export function visitOf(req: NodeRequest, client: OidcClient): Visit {
  const ofRequest = visits.get(req) ?? [];
  const known = ofRequest.find((visit) => visit.client === client);
  if (known) return known;
  const visit = new Visit(client, req.method ?? 'GET', targetOf(req), (name) => headerOf(req, name));
  visits.set(req, [...ofRequest, visit]);
  return visit;
}
