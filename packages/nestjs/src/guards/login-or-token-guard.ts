import { DeniedError, hasCredentials, type OidcClient } from '@latchkey/core';
import { Injectable } from '@nestjs/common';
import { type Call, clientOf, type Pass } from '../calls.js';
import type { Channel } from '../context/channel.js';
import { OidcRegistry } from '../registry.js';
import type { Rules } from '../rules.js';
import { loginRequirements, tokenRequirements } from '../security-schemes.js';
import { admitSession, admitToken } from './admit.js';
import { OidcGuard, type SecurityRequirement } from './oidc-guard.js';

/**
 * Lets calls pass with a good access token or with a session. A header `Authorization` of scheme Bearer or DPoP decides
 * alone, as with `TokenGuard`; without one it is as with `LoginGuard`.
 */
@Injectable()
export class LoginOrTokenGuard extends OidcGuard {
  /** @internal */
  override readonly takesTokens = true;

  constructor(registry: OidcRegistry) {
    super(registry);
  }

  /** @internal */
  protected async admit(channel: Channel, { registry, clientName }: Call, rules: Rules): Promise<Pass> {
    const [client, verifier] = [registry.get(clientName), registry.verifier(clientName)];
    const request = channel.apiRequest;
    if (hasCredentials(request) || verifier.passesPreflight(request))
      return { token: await admitToken(channel, verifier, rules), session: undefined };
    try {
      return { session: await admitSession(channel, client, rules), token: undefined };
    } catch (error) {
      throw error instanceof DeniedError ? verifier.challenged(error) : error;
    }
  }

  /** @internal */
  protected override answeredBy(channel: Channel, call: Call): OidcClient | undefined {
    return hasCredentials(channel.apiRequest) ? undefined : clientOf(call);
  }

  /** @internal */
  alternatives(rules: Rules, registry: OidcRegistry): readonly SecurityRequirement[] {
    return [...loginRequirements(rules), ...tokenRequirements(rules, registry)];
  }
}
