import { OidcError, type Session } from '@latchkey/core';
import type { CanActivate, ExecutionContext, Type } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
import { type Call, clientOf, noteCall } from '../calls.js';
import { type Channel, channelOf } from '../context/channel.js';
import type { OidcRegistry } from '../registry.js';
import { clientNameOf, type Decorated, isPublic } from '../rules.js';

const reflector = new Reflector();

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
    if (!this.isAsked(context)) return true;
    const channel = channelOf(context);
    const call: Call = { registry: this.registry, clientName: clientNameOf(context) };
    try {
      noteCall(channel.key, { ...call, passedFor: await this.admit(channel, call) });
      return true;
    } catch (error) {
      throw error instanceof OidcError ? await channel.exceptionOf(error, clientOf(call)) : error;
    }
  }

  /** What the call passes for. @throws OidcError for who may not pass */
  protected abstract admit(channel: Channel, call: Call): Promise<Session>;

  /** What is said nearer to the handler holds: its own guards and `@Public()`, then its class's, then the global guards. */
  private isAsked(context: ExecutionContext): boolean {
    for (const decorated of [context.getHandler(), context.getClass()]) {
      const guards = guardsOf(decorated);
      if (guards.length > 0) return guards.some((guard) => guard === this || this.constructor === guard);
      if (isPublic(decorated)) return false;
    }
    return true;
  }
}

/** Those of ours that `@UseGuards()` names, as classes or as instances. */
function guardsOf(decorated: Decorated): readonly unknown[] {
  const guards = reflector.get<(object | Type)[] | undefined>(GUARDS_METADATA, decorated) ?? [];
  return guards.filter((guard) => (typeof guard === 'function' ? guard.prototype : guard) instanceof OidcGuard);
}
