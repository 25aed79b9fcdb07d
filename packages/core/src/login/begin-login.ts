import { DeniedError, UnavailableError } from '../errors.js';
import { publish } from '../events.js';
import { redirectAnswer } from '../pages/answers.js';
import { clearCookie, setCookie } from '../session/cookies.js';
import { loginCookieLife } from '../session/login-cookies.js';
import type { Visit } from '../visit.js';
import { authorize, type LoginRequest } from './authorize.js';

/**
 * Sends the browser to the OP, with the login sealed in a cookie of its own. Only a navigation may do that: what runs
 * in the background or in a hostile frame would only push out the logins that people are in.
 * @throws DeniedError `not_a_navigation`
 * @throws UnavailableError `op_unreachable`, `store_unavailable`, `prefetch`
 */
export async function beginLogin(visit: Visit, request: Omit<LoginRequest, 'beganUnder'> = {}): Promise<Response> {
  const { client } = visit;
  refuseBackground(visit, request);
  const session = await visit.session();
  const { url, login } = await authorize(client, { ...request, ...(session && { beganUnder: session.record.id }) });
  // A browser that is sent to an OP which is down sees a page of its own, which says nothing.
  await client.provider.reach();
  const cookie = client.logins.seal(login);
  const { secure } = client.settings;
  const evicted = client.logins.makeRoom(visit.cookies, cookie).map((name) => clearCookie(name, { secure }));
  publish('latchkey:login', { type: 'started', client: client.ref, at: client.clock.now() });
  return redirectAnswer(url, {
    cookies: [...evicted, setCookie(cookie.name, cookie.value, { secure, maxAge: loginCookieLife })],
  });
}

function refuseBackground({ client, intent }: Visit, { authorizationParams = {} }: LoginRequest): void {
  if (intent === 'prefetch') throw new UnavailableError('prefetch', 'A login is not begun ahead of time.');
  const { prompt } = { ...client.settings.authorizationParams, ...authorizationParams };
  if (intent === 'navigation' || (intent === 'frame' && prompt === 'none')) return;
  throw new DeniedError(
    'not_a_navigation',
    'Expected a navigation of the whole window to begin a login, came a request of another kind.',
    {
      publicMessage: 'Signing in starts with a page of its own.',
    },
  );
}
