import { handle, toRequest, Visit } from '@latchkey/core';
import { dependOnSession } from './answers.js';
import { type Outcome, outcomeOf } from './outcome.js';
import type { Seen } from './requests.js';
import { type Scope, within } from './scope.js';
import type { LoginInfo } from './types.js';

/** Completes a login for passport: the user that the program made of it, or why there is none. */
export async function completeCallback(seen: Seen): Promise<Outcome<LoginInfo>> {
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
  return { is: 'success', user, info: { ...scope.verified?.info, session, returnTo } };
}

/** The request that the browser would make next, with the cookies that it was just given. */
function following({ client, target, header }: Visit, cookies: readonly string[]): Visit {
  const cookie = cookies.map((line) => line.split(';', 1)[0]).join('; ');
  return new Visit(client, 'GET', target, (name) => (name === 'cookie' ? cookie : header(name)));
}
