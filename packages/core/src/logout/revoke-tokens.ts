import type { OidcClient } from '../client/client.js';
import { revokeToken } from '../client/revoke-token.js';
import { OidcError } from '../errors.js';
import { type OidcEvent, publish } from '../events.js';
import type { SessionTokens } from '../session/tokens.js';

/**
 * Gives the tokens of an ended session back to the OP, where the option `logout.revoke` asks for it. It runs behind
 * the answer: no logout waits for the OP, and a failure is an event and nothing more.
 */
export function revokeTokens(client: OidcClient, tokens: SessionTokens | undefined): void {
  const { revoke } = client.settings;
  if (!tokens || revoke === false || (isOffline(client, tokens) && revoke !== 'offline_access')) return;
  void giveBack(client, tokens);
}

/** What a user has agreed to leave with the program beyond the session; an OP that names no scope granted what was asked for. */
function isOffline({ settings }: OidcClient, { scope = settings.scope }: SessionTokens): boolean {
  return scope.split(' ').includes('offline_access');
}

/** A refresh token takes the access tokens that came of it along. [RFC 7009 section 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1) */
async function giveBack(client: OidcClient, { refreshToken, accessToken }: SessionTokens): Promise<void> {
  const about = (): OidcEvent => ({ client: client.ref, at: client.clock.now() });
  try {
    const revoked =
      refreshToken === undefined
        ? await revokeToken(client, { token: accessToken, hint: 'access_token' })
        : await revokeToken(client, { token: refreshToken, hint: 'refresh_token' });
    if (revoked) publish('latchkey:logout', { type: 'tokens_revoked', ...about() });
  } catch (error) {
    publish('latchkey:logout', {
      type: 'revocation_failed',
      ...about(),
      code: error instanceof OidcError ? error.code : 'op_unreachable',
    });
  }
}
