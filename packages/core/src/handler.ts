import type { OidcClient } from './client/client.js';
import { serveKeys } from './client/serve-keys.js';
import { DeniedError } from './errors.js';
import { beginLogin } from './login/begin-login.js';
import { completeLogin } from './login/complete-login.js';
import type { Authentication } from './login/step-up.js';
import { receiveBackChannelLogout } from './logout/back-channel.js';
import { beginLogout } from './logout/begin-logout.js';
import { completeLogout } from './logout/complete-logout.js';
import { receiveFrontChannelLogout } from './logout/front-channel.js';
import { answering } from './pages/error-answer.js';
import { readForm } from './read-form.js';
import type { Route } from './routes.js';
import { Visit } from './visit.js';

/**
 * Answers a request to one of our routes; undefined when it is not for us. Errors of ours become answers; what a hook
 * throws that is none of ours is thrown on.
 */
export async function handle(client: OidcClient, request: Request): Promise<Response | undefined> {
  const { pathname, search } = new URL(request.url);
  const visit = new Visit(client, request.method, pathname + search, (name) => request.headers.get(name));
  return handleVisit(visit, () => Promise.resolve(request));
}

/**
 * Does the same with a visit that an adapter has made already.
 * @param request makes the request, which is needed only where a body is read: to make one costs more than to do without
 */
export async function handleVisit(visit: Visit, request: () => Promise<Request>): Promise<Response | undefined> {
  const { route } = visit;
  return route && answering(visit, () => serve(route, visit, request));
}

async function serve({ name, allow }: Route, visit: Visit, request: () => Promise<Request>): Promise<Response> {
  if (visit.method !== allow) {
    throw new DeniedError('method_not_allowed', `Expected ${allow}, came ${visit.method}.`, {
      status: 405,
      headers: { Allow: allow },
      publicMessage: 'This address cannot be opened like that.',
    });
  }
  switch (name) {
    case 'login':
      return login(visit);
    case 'callback':
      return completeLogin(visit);
    case 'logout':
      return logout(visit, await request());
    case 'loggedOut':
      return completeLogout(visit);
    case 'backchannelLogout':
      return receiveBackChannelLogout(visit.client, await request());
    case 'frontchannelLogout':
      return receiveFrontChannelLogout(visit);
    case 'jwks':
      return serveKeys(visit.client);
  }
}

/** What cannot begin now can be tried again, and then leads where this one would have led. */
function login(visit: Visit): Promise<Response> {
  const { searchParams } = visit.url;
  const request = { ...returnToOf(searchParams), ...authenticationOf(searchParams) };
  return answering(visit, () => beginLogin(visit, request), { tryAgain: request.returnTo });
}

/** What is asked for on behalf of who was told that their sign-in is not good enough; a login can only be made stricter. */
function authenticationOf(parameters: URLSearchParams): Authentication {
  const acr = parameters.get('acr_values');
  const age = parameters.get('max_age');
  if ((acr !== null && !/^[\x20-\x7e]{1,256}$/.test(acr)) || (age !== null && !/^\d{1,9}$/.test(age)))
    throw new DeniedError('invalid_request', 'Expected acr_values and max_age of a login, came others.', {
      status: 400,
    });
  return { ...(acr !== null && { acr }), ...(age !== null && { maxAge: Number(age) }) };
}

/** The form of a logout may name the page to end at, and may be missing. */
async function logout(visit: Visit, request: Request): Promise<Response> {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers.get('content-type') ?? '');
  return beginLogout(visit, isForm ? returnToOf(new URLSearchParams(await readForm(request))) : {});
}

function returnToOf(parameters: URLSearchParams): { returnTo?: string } {
  const returnTo = parameters.get('returnTo');
  return returnTo === null ? {} : { returnTo };
}
