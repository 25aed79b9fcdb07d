import { DeniedError } from '../errors.js';
import type { Session } from '../session/session.js';
import type { Visit } from '../visit.js';
import { type LoginDemand, requireSession } from './demand-login.js';

/**
 * The session of a handshake that opens a socket: all that comes over the socket later comes by this session, and no
 * browser keeps another site's page from opening one, so its `Origin` must be this program's, or a listed one. Without
 * `Origin` no session opens a WebSocket; long polling begins with a plain request, of which same-origin pages name
 * themselves by `Sec-Fetch-Site` alone.
 * [RFC 6455 section 10.2](https://www.rfc-editor.org/rfc/rfc6455#section-10.2)
 * @throws DeniedError `login_required`, `csrf_refused`, `insufficient_user_authentication`
 * @throws UnavailableError `store_unavailable`
 */
export async function requireHandshake(visit: Visit, demand?: LoginDemand): Promise<Session> {
  const session = await requireSession(visit, demand);
  if (isOfThisSite(visit, demand?.csrf?.origins ?? [])) return session;
  throw new DeniedError(
    'csrf_refused',
    'Expected a handshake of a page of this site, by its Origin, came one from elsewhere.',
    { publicMessage: 'This connection was opened by another site, so it was refused.' },
  );
}

function isOfThisSite({ client, header }: Visit, more: readonly string[]): boolean {
  const origin = header('origin');
  if (origin) {
    const own = origin === new URL(client.baseUrl).origin;
    return own || client.settings.csrfOrigins.has(origin) || more.includes(origin);
  }
  return !header('upgrade') && header('sec-fetch-site') === 'same-origin';
}
