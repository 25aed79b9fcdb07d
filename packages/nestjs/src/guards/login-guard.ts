import { ConfigurationError } from '@latchkey/core';
import { Injectable } from '@nestjs/common';
import type { Call, Pass } from '../calls.js';
import type { Channel } from '../context/channel.js';
import { OidcRegistry } from '../registry.js';
import { type Rules } from '../rules.js';
import { loginRequirements } from '../security-schemes.js';
import { admitSession } from './admit.js';
import { OidcGuard, type SecurityRequirement } from './oidc-guard.js';

/**
 * Lets only signed-in callers pass: a navigation is sent to sign in and comes back, everybody else gets 401. An unsafe
 * request with a session must come from a page of this site, or gets 403.
 * @example providers: [{ provide: APP_GUARD, useClass: LoginGuard }]
 */
@Injectable()
export class LoginGuard extends OidcGuard {
  constructor(registry: OidcRegistry) {
    super(registry);
  }

  /** @internal */
  protected async admit(channel: Channel, { registry, clientName }: Call, rules: Rules): Promise<Pass> {
    if (rules.demands?.scope !== undefined)
      throw new ConfigurationError(
        'invalid_option',
        'Expected a TokenGuard or a LoginOrTokenGuard where @RequireScope() stands, came a LoginGuard: a session has no scopes.',
      );
    return { session: await admitSession(channel, registry.get(clientName), rules) };
  }

  /** @internal */
  alternatives(rules: Rules): readonly SecurityRequirement[] {
    return loginRequirements(rules);
  }
}
