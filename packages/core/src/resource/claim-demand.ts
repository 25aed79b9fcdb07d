import { DeniedError, show } from '../errors.js';
import { invalid } from './token-options.js';

/** What a claim must be: a value that it equals, or that its list includes; or a predicate. */
export type ClaimDemand =
  string | number | boolean | ((value: unknown, claims: Readonly<Record<string, unknown>>) => boolean);

/** What claims must be, by their names. */
export type ClaimDemands = Readonly<Record<string, ClaimDemand>>;

/**
 * Compiles one demand. A claim that is not there is what no demand wants, a predicate's too.
 * @throws ConfigurationError `invalid_option`: a demand that is none
 */
export function claimCheck(name: string, wanted: ClaimDemand): (claims: Readonly<Record<string, unknown>>) => boolean {
  if (!['string', 'number', 'boolean', 'function'].includes(typeof wanted))
    throw invalid(`claims.${name}`, 'a value or a predicate', show(wanted));
  const passes =
    typeof wanted === 'function'
      ? (value: unknown, claims: Readonly<Record<string, unknown>>) => wanted(value, claims) === true
      : (value: unknown) => value === wanted || (Array.isArray(value) && value.includes(wanted));
  return (claims) => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    return value !== undefined && passes(value, claims);
  };
}

/**
 * Holds what is known of a signed-in user against demands, as the claims of a token are.
 * @throws DeniedError `insufficient_claims` (403)
 */
export function requireClaims(claims: object, demands: ClaimDemands): void {
  for (const [name, wanted] of Object.entries(demands)) {
    if (claimCheck(name, wanted)(claims as Readonly<Record<string, unknown>>)) continue;
    const message = `Expected another value of the claim ${show(name)}.`;
    throw new DeniedError('insufficient_claims', message, { publicMessage: 'You may not do this.' });
  }
}
