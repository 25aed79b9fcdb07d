import { ConfigurationError } from '@latchkey/core';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { passOf } from '../calls.js';
import { channelOf } from '../context/channel.js';
import { rulesOf } from '../rules.js';

/**
 * Stands wherever something is demanded. The guards of this package ask for what is demanded; where none of them decides,
 * nobody would, so nobody passes.
 */
@Injectable()
export class DemandGuard implements CanActivate {
  /** @throws DeniedError, or what is right for the kind of call, where a demand stands without a guard of ours */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rules = rulesOf(context);
    if (rules.demands === undefined) return true;
    const channel = channelOf(context);
    // Guards of the whole application have been asked before this one.
    if (rules.guards ? rules.guards.length > 0 : passOf(channel.key, rules) !== undefined) return true;
    const handler = `${context.getClass().name}.${context.getHandler().name}`;
    throw await channel.exceptionOf(
      new ConfigurationError(
        'invalid_option',
        `Expected a guard of @latchkey/nestjs that decides about ${handler}, where something is demanded, came none.`,
      ),
    );
  }
}
