import type { OidcClient } from '../client/client.js';
import { hashOf } from '../crypto.js';
import { OidcError, ResponseError, show } from '../errors.js';
import { publish } from '../events.js';
import { FrontChannelLogoutNotification } from '../messages/index.js';
import { frameAnswer } from '../pages/answers.js';
import { endSessions } from './end-sessions.js';

/**
 * Receives a front-channel logout: a page that the OP frames. It is not authenticated, by the specification's design,
 * so it ends the session that it names and does nothing else; what it answers does not tell whether there was one.
 * [Front-Channel Logout section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)
 */
export async function receiveFrontChannelLogout(client: OidcClient, request: Request): Promise<Response> {
  try {
    const destination = request.headers.get('sec-fetch-dest');
    if (destination && destination !== 'iframe')
      throw new ResponseError(
        'invalid_message',
        `Expected to be framed (Sec-Fetch-Dest: iframe), came ${show(destination)}.`,
      );
    await carryOut(client, FrontChannelLogoutNotification.fromUrl(request.url, 'query'));
    return frameAnswer('Signed out.', await frameAncestors(client));
  } catch (error) {
    if (!(error instanceof OidcError)) throw error;
    return frameAnswer('Not signed out.', await frameAncestors(client), {
      status: error.status,
      headers: error.headers,
    });
  }
}

async function carryOut(client: OidcClient, { iss, sid }: FrontChannelLogoutNotification): Promise<void> {
  const { ref } = client;
  const at = client.clock.now();
  // The message has both or neither.
  if (iss === undefined || sid === undefined) {
    publish('latchkey:logout', {
      type: 'front_channel_unnamed',
      client: ref,
      at,
      missing: 'frontchannel_logout_session_required',
    });
    return;
  }
  if (iss !== ref.issuer)
    throw new ResponseError('response_iss', `Expected iss ${show(ref.issuer)}, came ${show(iss)}.`);
  await endSessions(client, { client: ref, sid }, 'front_channel');
  publish('latchkey:logout', { type: 'front_channel_received', client: ref, at, sid: hashOf(sid) });
}

/** Who may frame the page: the origins where the OP's own pages live, and those that the options add. */
async function frameAncestors({ provider, settings, ref }: OidcClient): Promise<readonly string[]> {
  const metadata = await provider.metadata().catch(() => undefined);
  const urls = [ref.issuer, metadata?.authorization_endpoint, metadata?.end_session_endpoint].filter(
    (url) => url !== undefined,
  );
  return [...new Set([...urls.map((url) => new URL(url).origin), ...settings.frameAncestors])];
}
