import { checkOptions, Is, isObject, Whole } from '../check-options.js';
import { Optional } from '../messages/optional.js';
import { claimCheck, type ClaimDemands } from './claim-demand.js';
import type { Policy } from './policy.js';
import { areWords } from './token-options.js';

/** What a part of an API demands of tokens, beyond what its guard does. */
class PolicyOptions implements Policy {
  @Optional() @Is('scopes, space-delimited or a list', areWords) scope?: string | readonly string[];
  @Optional() @Is('scopes, space-delimited or a list', areWords) anyScope?: string | readonly string[];
  @Optional() @Is('values or predicates by the name of a claim', isObject) claims?: ClaimDemands;
  @Optional() @Is('classes, space-delimited or a list', areWords) acr?: string | readonly string[];
  @Optional() @Whole('seconds', 0) maxAge?: number;
}

/**
 * Checks a policy before there is a request to hold against it: a demand that is left empty by mistake would let
 * every token pass.
 * @throws ConfigurationError `invalid_option` naming the demand, what was expected and what came
 */
export function checkPolicy(given: Policy): Policy {
  const policy = checkOptions(PolicyOptions, given);
  for (const [name, wanted] of Object.entries(policy.claims ?? {})) claimCheck(name, wanted);
  return policy;
}
