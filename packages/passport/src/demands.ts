import { checkLoginDemand, checkPolicy, type LoginDemand, type Policy } from '@latchkey/core';
import type { BearerAuthenticateOptions, OidcAuthenticateOptions } from './types.js';

/** By the options that `passport.authenticate()` was given: they are the same for every request of a route. */
const checked = new WeakMap<object, LoginDemand & Pick<Policy, 'claims'>>();

/**
 * What a route demands of sessions.
 * @throws ConfigurationError `invalid_option`: a demand that is none would let everybody pass
 */
export function loginDemandOf(options: OidcAuthenticateOptions): LoginDemand & Pick<Policy, 'claims'> {
  const known = checked.get(options);
  if (known) return known;
  const { acr, maxAge, csrf, claims } = options;
  const demand = { ...checkLoginDemand(given({ acr, maxAge, csrf })), ...checkPolicy(given({ claims })) };
  checked.set(options, demand);
  return demand;
}

/** What a route demands of tokens; undefined for nothing. */
export function policyOf({ scope, anyScope, claims, acr, maxAge }: BearerAuthenticateOptions): Policy | undefined {
  const policy = given({ scope, anyScope, claims, acr, maxAge });
  return Object.keys(policy).length > 0 ? policy : undefined;
}

function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
