import { answering, handle, requireClaims, requireSession, toRequest, Visit } from '@latchkey/core';
import { dependOnSession } from './answers.js';
import { loginDemandOf } from './demands.js';
import { type Outcome, outcomeOf } from './outcome.js';
import type { Seen } from './requests.js';
import { type Scope, within } from './scope.js';
import type { LoginInfo, OidcAuthenticateOptions } from './types.js';

/** Completes a login for passport: the user that the program made of it, or why there is none. */
export async function completeCallback(seen: Seen, options: OidcAuthenticateOptions): Promise<Outcome<LoginInfo>> {
  const { client } = seen.visit;
  const scope: Scope = { req: seen.req };
  const { origin } = new URL(client.baseUrl);
  const request = await toRequest(seen.req, origin);
  const answer = await within(scope, () => handle(client, request));
  if (!answer) throw new TypeError('Expected a request for the callback, came another.');
  const cookies = answer.headers.getSetCookie();
  const outcome = outcomeOf(answer, seen, scope);
  const user = scope.verified?.user;
  // One that was completed before leads whom it signed in to their page, too.
  if (outcome.is !== 'redirect' || scope.refusal || !user) return outcome;
  seen.visit = following(seen.visit, cookies);
  const session = await seen.visit.session();
  if (!session) return outcome; // it has ended within this very moment: its page finds that out
  dependOnSession(seen.visit, seen.res);
  const returnTo = outcome.url.slice(origin.length);
  const { visit } = seen;
  const refusal = await within(scope, () => answering(visit, () => demand(visit, options), { tryAgain: returnTo }));
  if (refusal) return outcomeOf(refusal, seen, scope);
  return { is: 'success', user, info: { ...scope.verified?.info, session, returnTo } };
}

/** What is demanded of pages holds here too: whoever has just signed in is where a page would be. */
async function demand(visit: Visit, options: OidcAuthenticateOptions): Promise<void> {
  const { claims = {}, ...login } = loginDemandOf(options);
  const session = await requireSession(visit, login);
  requireClaims(session.user, claims);
}

/** The request that the browser would make next, with the cookies that it was just given. */
function following({ client, target, header }: Visit, cookies: readonly string[]): Visit {
  const cookie = cookies.map((line) => line.split(';', 1)[0]).join('; ');
  return new Visit(client, 'GET', target, (name) => (name === 'cookie' ? cookie : header(name)));
}
