import { type OidcClient, OidcError } from '@latchkey/core';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { type Call, callOf, clientOf, noteCall, notePass, type Pass, passOf } from '../calls.js';
import { type Channel, channelOf, findChannel } from '../context/channel.js';
import type { OidcRegistry } from '../registry.js';
import { ours, type Rules, rulesOf } from '../rules.js';

/** Schemes of an OpenAPI document that have to be satisfied together, by their names, each with scopes. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

/** What all guards of this package have in common: who may pass is for each to say. */
export abstract class OidcGuard implements CanActivate {
  /** @internal */
  static readonly [ours] = true;
  /** Whether it takes tokens; over ws these may come in the first message. @internal */
  readonly takesTokens: boolean = false;
  private readonly registry: OidcRegistry;

  protected constructor(registry: OidcRegistry) {
    this.registry = registry;
  }

  /**
   * Lets a call pass, or throws what its caller is answered with.
   * @throws DeniedError `unknown_context` for a call of a kind that is not known
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rules = rulesOf(context);
    const call: Call = { registry: this.registry, clientName: rules.clientName };
    // What is said nearer to the handler holds.
    if (!this.isAsked(rules)) return this.note(context, call);
    const channel = channelOf(context);
    try {
      noteCall(channel.key, call);
      const pass = await this.admit(channel, call, rules);
      await channel.hold(pass);
      // Another guard may stand beside this one, and let it pass for something else.
      const before = passOf(channel.key, rules);
      notePass(channel.key, rules, before ? { ...before, ...pass } : pass);
      return true;
    } catch (error) {
      throw error instanceof OidcError ? await channel.exceptionOf(error, this.answeredBy(channel, call)) : error;
    }
  }

  /** What the call passes for. @throws OidcError for who may not pass. @internal */
  protected abstract admit(channel: Channel, call: Call, rules: Rules): Promise<Pass>;

  /** Whose pages and hooks answer who may not pass; nobody's where tokens count, which are refused in JSON. @internal */
  protected answeredBy(_channel: Channel, call: Call): OidcClient | undefined {
    return clientOf(call);
  }

  /** What it asks of who calls, as OpenAPI says it: one of these. @internal */
  abstract alternatives(rules: Rules, registry: OidcRegistry): readonly SecurityRequirement[];

  /** The parameters tell of a user where everybody may call, too. */
  private note(context: ExecutionContext, call: Call): true {
    const channel = findChannel(context);
    if (channel && !callOf(channel.key)) noteCall(channel.key, call);
    return true;
  }

  private isAsked({ guards }: Rules): boolean {
    return guards === undefined || guards.some((guard) => guard === this || guard === this.constructor);
  }
}
