import { Injectable } from '@nestjs/common';
import type { Call, Pass } from '../calls.js';
import type { Channel } from '../context/channel.js';
import { OidcRegistry } from '../registry.js';
import { type Rules } from '../rules.js';
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
  protected async admit(channel: Channel, { registry, clientName }: Call): Promise<Pass> {
    return { session: await channel.session(registry.get(clientName)) };
  }

  /** @internal */
  alternatives({ clientName }: Rules): readonly SecurityRequirement[] {
    return [{ [loginScheme(clientName)]: [] }];
  }
}

/** What OpenAPI documents call a client. */
export function loginScheme(name: string | undefined): string {
  return name === undefined ? 'oidc' : `oidc-${name}`;
}
