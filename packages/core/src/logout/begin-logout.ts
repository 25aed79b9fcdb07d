import { randomToken } from '../crypto.js';
import { eventSessionOf, publish } from '../events.js';
import { RpInitiatedLogoutRequest } from '../messages/index.js';
import { refuseForgery } from '../csrf.js';
import { jsonAnswer, pageAnswer, redirectAnswer } from '../pages/answers.js';
import { acceptsHtml } from '../login/intent.js';
import { localTarget } from '../login/return-to.js';
import { clearCookie, setCookie } from '../session/cookies.js';
import type { Visit } from '../visit.js';
import { endSessions } from './end-sessions.js';
import { revokeTokens } from './revoke-tokens.js';

/** What one logout wants. */
export interface LogoutRequest {
  /** Where the browser ends after the OP: a path of this program, default its first page. */
  readonly returnTo?: string;
}

/** What travels in the logout cookie: the state to expect, the page to end at, and whether the OP was left out. */
export interface PendingLogout {
  readonly state: string;
  readonly returnTo: string;
  readonly local?: true;
}

/** Seconds that a browser may take to come back from the OP. */
const pendingLife = 900;
/** Characters of a URL that browsers and proxies surely carry. */
const longestUrl = 4096;

/**
 * Signs out: the session here ends first, then the browser goes to the OP to end the one there.
 * [RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
 * @throws DeniedError `csrf_refused`
 * @throws UnavailableError `store_unavailable`: nothing is cleared, and trying again works
 */
export async function beginLogout(visit: Visit, request: LogoutRequest = {}): Promise<Response> {
  const { client } = visit;
  refuseForgery(visit, { method: 'POST' }); // whatever the method: a link elsewhere must not sign people out either
  const session = await visit.session();
  // Opened now: what is needed of the session is gone with it.
  const tokens = session?.tokens;
  if (session) await endSessions(client, { client: client.ref, sessionId: session.record.id }, 'rp_initiated');
  // Tokens that are in the cookie alone were not there to be given back with the session.
  if (!client.carrier.enumerates) revokeTokens(client, tokens);
  const about = session && eventSessionOf(session.record);
  publish('latchkey:logout', { type: 'requested', client: client.ref, at: client.clock.now(), ...about });
  const returnTo = localTarget(client, request.returnTo) ?? client.settings.home;
  const pending: PendingLogout = { state: randomToken(), returnTo };
  const endpoint = await endSessionEndpoint(visit);
  if (endpoint === undefined) return leaveLocally(visit, { ...pending, local: true });
  const message = messageOf(visit, pending, tokens?.idToken);
  return leave(visit, { endpoint, message, cookies: cookiesOf(visit, pending) });
}

/** Where the OP ends its session; undefined when it does not say, or is down: a logout here must not wait for it. */
async function endSessionEndpoint({ client }: Visit): Promise<string | undefined> {
  const metadata = await client.provider.metadata().catch(() => undefined);
  return metadata?.end_session_endpoint;
}

function messageOf({ client }: Visit, { state }: PendingLogout, hint: string | undefined): RpInitiatedLogoutRequest {
  const loggedOut = client.routes.url('loggedOut');
  return RpInitiatedLogoutRequest.of({
    ...(hint !== undefined && { id_token_hint: hint }),
    client_id: client.ref.clientId,
    ...(loggedOut !== undefined && { post_logout_redirect_uri: loggedOut, state }),
  });
}

/** The session's cookie goes, and those of logins in flight: they die with the session that they began under. */
function cookiesOf({ client, cookies }: Visit, pending: PendingLogout): readonly string[] {
  const { secure } = client.settings;
  const logins = cookies.names().filter((name) => client.cookies.isLogin(name));
  const { logout } = client.cookies;
  const sealed = client.sealer.seal('logout', logout, JSON.stringify(pending));
  return [
    ...client.carrier.clear(cookies),
    ...logins.map((name) => clearCookie(name, { secure })),
    setCookie(logout, sealed, { secure, maxAge: pendingLife }),
  ];
}

/** A browser's window is sent on by a page: a redirect would fall under the form-action policy of the page that it came from. */
function leave(
  { header }: Visit,
  { endpoint, message, cookies }: { endpoint: string; message: RpInitiatedLogoutRequest; cookies: readonly string[] },
): Response {
  const url = message.toUrl(endpoint);
  const long = url.length > longestUrl;
  if (!isWindow(header)) {
    if (long) delete message.id_token_hint; // client_id stands in for it
    return jsonAnswer({ location: message.toUrl(endpoint) }, { cookies });
  }
  const title = 'Signing out';
  const text = ['You are signed out here. Your browser now goes on to the sign-in service.'];
  if (!long) return pageAnswer({ title, text, refresh: url, action: { label: 'Go on', href: url } }, { cookies });
  const fields = [...new URLSearchParams(message.toForm())];
  return pageAnswer({ title, text, form: { label: 'Go on', action: endpoint, fields } }, { cookies });
}

function leaveLocally(visit: Visit, pending: PendingLogout): Response {
  const { origin, routes } = visit.client;
  const location = routes.url('loggedOut') ?? origin + pending.returnTo;
  const cookies = cookiesOf(visit, pending);
  return isWindow(visit.header) ? redirectAnswer(location, { cookies }) : jsonAnswer({ location }, { cookies });
}

function isWindow(header: Visit['header']): boolean {
  return (header('sec-fetch-mode') || 'navigate') === 'navigate' && acceptsHtml(header);
}
