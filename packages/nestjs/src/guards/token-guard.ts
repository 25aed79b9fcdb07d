import { Injectable } from '@nestjs/common';
import type { Call, Pass } from '../calls.js';
import type { Channel } from '../context/channel.js';
import { OidcRegistry } from '../registry.js';
import type { Rules } from '../rules.js';
import { tokenRequirements } from '../security-schemes.js';
import { admitToken } from './admit.js';
import { OidcGuard, type SecurityRequirement } from './oidc-guard.js';

/**
 * Lets only calls with a good access token pass; others get 400, 401 or 403 with the challenge of RFC 6750, and 503 while
 * the OP cannot be asked. A session counts for nothing.
 * @example @UseGuards(TokenGuard) @RequireScope('orders:read')
 */
@Injectable()
export class TokenGuard extends OidcGuard {
  /** @internal */
  override readonly takesTokens = true;

  constructor(registry: OidcRegistry) {
    super(registry);
  }

  /** @internal */
  protected async admit(channel: Channel, { registry, clientName }: Call, rules: Rules): Promise<Pass> {
    return { token: await admitToken(channel, registry.verifier(clientName), rules) };
  }

  /** @internal */
  protected override answeredBy(): undefined {
    return undefined;
  }

  /** @internal */
  alternatives(rules: Rules, registry: OidcRegistry): readonly SecurityRequirement[] {
    return tokenRequirements(rules, registry);
  }
}
