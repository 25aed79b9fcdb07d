import { OidcError } from '@latchkey/core';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { type Call, clientOf, noteCall } from '../calls.js';
import { type Channel, channelOf } from '../context/channel.js';
import type { OidcRegistry } from '../registry.js';
import { clientNameOf, isPublic } from '../rules.js';

/** What all guards of this package have in common: who may pass is for each to say. */
export abstract class OidcGuard implements CanActivate {
  private readonly registry: OidcRegistry;

  protected constructor(registry: OidcRegistry) {
    this.registry = registry;
  }

  /**
   * Lets a call pass, or throws what its caller is answered with.
   * @throws DeniedError `unknown_context` for a call of a kind that is not known
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isPublic(context)) return true;
    const channel = channelOf(context);
    const call: Call = { registry: this.registry, client: this.registry.find(clientNameOf(context)) };
    noteCall(channel.key, call);
    try {
      noteCall(channel.key, { ...call, ...(await this.admit(channel, call)) });
      return true;
    } catch (error) {
      throw error instanceof OidcError ? await channel.exceptionOf(error, clientOf(channel.key)) : error;
    }
  }

  /** @throws OidcError for who may not pass */
  protected abstract admit(channel: Channel, call: Call): Promise<Partial<Call>>;
}
