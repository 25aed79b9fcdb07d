import { DeniedError, show } from '../errors.js';
import { claimCheck, type ClaimDemand, type ClaimDemands } from './claim-demand.js';
import { textsOf } from './token-options.js';
import type { VerifiedToken } from './verified-token.js';

/** What a token must have been granted, and how its user must have authenticated. */
export interface Policy {
  /** All of these scopes. */
  readonly scope?: string | readonly string[] | undefined;
  /** One of these scopes. */
  readonly anyScope?: string | readonly string[] | undefined;
  /** What claims must be. */
  readonly claims?: ClaimDemands | undefined;
  /** One of these authentication context classes. */
  readonly acr?: string | readonly string[] | undefined;
  /** How long ago the user may have authenticated, in seconds. */
  readonly maxAge?: number | undefined;
}

/** Lets a token pass, or throws; `now` and `tolerance` are seconds. */
export type Demand = (token: VerifiedToken, now: number, tolerance: number) => void;

/** A token is good, but not for this: what the challenge must say beside its error. */
export class PolicyError extends DeniedError {
  /** What was not enough. */
  declare readonly code: 'insufficient_scope' | 'insufficient_claims' | 'insufficient_user_authentication';
  /** The parameters of the challenge. */
  readonly parameters: Readonly<Record<string, string>>;

  constructor(code: PolicyError['code'], message: string, parameters: Readonly<Record<string, string>> = {}) {
    const status = code === 'insufficient_user_authentication' ? 401 : 403;
    super(code, message, { status, publicMessage: 'You may not do this.' });
    this.parameters = parameters;
  }
}

/**
 * Compiles a policy to the checks that it asks for, in the order in which they are answered: who must authenticate
 * again, then what was not granted. [RFC 9470 section 3](https://www.rfc-editor.org/rfc/rfc9470#section-3)
 * @throws ConfigurationError `invalid_option`: a demand that is none
 */
export function compilePolicy({ scope, anyScope, claims = {}, acr, maxAge }: Policy): readonly Demand[] {
  const [all, any, classes] = [textsOf(scope), textsOf(anyScope), textsOf(acr)];
  const demands: Demand[] = [];
  if (classes.length || maxAge !== undefined) demands.push(demandAuthentication(classes, maxAge));
  if (all.length) demands.push(demandScopes(all, (scopes) => all.every((each) => scopes.has(each))));
  if (any.length) demands.push(demandScopes(any, (scopes) => any.some((each) => scopes.has(each))));
  for (const [name, wanted] of Object.entries(claims)) demands.push(demandClaim(name, wanted));
  return demands;
}

function demandAuthentication(classes: readonly string[], maxAge: number | undefined): Demand {
  const parameters = {
    ...(classes.length && { acr_values: classes.join(' ') }),
    ...(maxAge !== undefined && { max_age: String(maxAge) }),
  };
  const refuse = (expected: string): never => {
    throw new PolicyError('insufficient_user_authentication', `Expected ${expected}.`, parameters);
  };
  return ({ claims: { acr, auth_time: at } }, now, tolerance) => {
    if (classes.length && !classes.includes(acr as string))
      refuse(`acr ${classes.map(show).join(' or ')}, came ${show(acr)}`);
    if (maxAge !== undefined && !(typeof at === 'number' && now <= at + maxAge + tolerance))
      refuse(`auth_time at most ${maxAge} s before ${now}, came ${show(at)}`);
  };
}

function demandScopes(wanted: readonly string[], passes: (scopes: ReadonlySet<string>) => boolean): Demand {
  const scope = wanted.join(' ');
  return ({ scopes }) => {
    if (!passes(scopes))
      throw new PolicyError('insufficient_scope', `Expected a token with scope ${show(scope)}.`, { scope });
  };
}

function demandClaim(name: string, wanted: ClaimDemand): Demand {
  const passes = claimCheck(name, wanted);
  return ({ claims }) => {
    if (!passes(claims))
      throw new PolicyError('insufficient_claims', `Expected another value of the claim ${show(name)}.`);
  };
}
