import type { OidcClient } from '../client/client.js';
import { hashOf } from '../crypto.js';
import { OidcError, ResponseError, show } from '../errors.js';
import { publish } from '../events.js';
import { FrontChannelLogoutNotification } from '../messages/index.js';
import { frameAnswer } from '../pages/answers.js';
import type { Visit } from '../visit.js';
import { endSessions, type LogoutTarget } from './end-sessions.js';

/**
 * Receives a front-channel logout: a page that the OP frames. It is not authenticated, by the specification's design,
 * so it ends the session that it names and does nothing else; what it answers does not tell whether there was one.
 * [Front-Channel Logout section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)
 */
export async function receiveFrontChannelLogout(visit: Visit): Promise<Response> {
  const { client } = visit;
  try {
    const destination = visit.header('sec-fetch-dest');
    if (destination && destination !== 'iframe') {
      const message = `Expected to be framed (Sec-Fetch-Dest: iframe), came ${show(destination)}.`;
      throw new ResponseError('invalid_message', message);
    }
    await carryOut(visit, readNotification(visit));
    return frameAnswer('Signed out.', await frameAncestors(client));
  } catch (error) {
    if (!(error instanceof OidcError)) throw error;
    const { code, status, headers } = error;
    publish('latchkey:logout', { type: 'front_channel_refused', client: client.ref, at: client.clock.now(), code });
    return frameAnswer('Not signed out.', await frameAncestors(client), { status, headers });
  }
}

/** The message has `iss` and `sid`, or neither; `frontchannel.requireIssuer: false` takes a bare `sid` as our OP's. */
function readNotification({ client, url }: Visit): FrontChannelLogoutNotification {
  const { searchParams: parameters } = url;
  const bare = parameters.has('sid') && !parameters.has('iss');
  if (bare && !client.settings.frontchannel.requireIssuer) parameters.set('iss', client.ref.issuer);
  return FrontChannelLogoutNotification.fromUrl(url, 'query');
}

async function carryOut(visit: Visit, { iss, sid }: FrontChannelLogoutNotification): Promise<void> {
  const { client } = visit;
  const about = { client: client.ref, at: client.clock.now() };
  if (iss === undefined || sid === undefined) {
    const missing = 'frontchannel_logout_session_required';
    return publish('latchkey:logout', { type: 'front_channel_unnamed', ...about, missing });
  }
  const { issuer } = client.ref;
  if (iss !== issuer) throw new ResponseError('response_iss', `Expected iss ${show(issuer)}, came ${show(iss)}.`);
  const target = await targetOf(visit, sid);
  if (target) await endSessions(client, target, 'front_channel');
  publish('latchkey:logout', { type: 'front_channel_received', ...about, sid: hashOf(sid) });
}

/** The sessions with this sid, found by the index; where there is none, or its cookie is demanded, the session that came with it. */
async function targetOf(visit: Visit, sid: string): Promise<LogoutTarget | undefined> {
  const { carrier, settings, ref: client } = visit.client;
  if (carrier.enumerates && settings.frontchannel.withoutCookie) return { client, sid };
  const session = await visit.session();
  return session?.sid === sid ? { client, sessionId: session.record.id } : undefined;
}

/** Who may frame the page: the origins where the OP's own pages live, and those that the options add. */
async function frameAncestors({ provider, settings, ref }: OidcClient): Promise<readonly string[]> {
  const metadata = await provider.metadata().catch(() => undefined);
  const urls = [ref.issuer, metadata?.authorization_endpoint, metadata?.end_session_endpoint].filter(
    (url) => url !== undefined,
  );
  return [...new Set([...urls.map((url) => new URL(url).origin), ...settings.frontchannel.frameAncestors])];
}
