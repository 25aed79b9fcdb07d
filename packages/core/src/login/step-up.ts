import { ConfigurationError, DeniedError, show } from '../errors.js';
import type { IdToken } from '../messages/index.js';

/** How a user must have signed in. */
export interface Authentication {
  /** One of these authentication context classes; space-delimited, or a list. */
  readonly acr?: string | readonly string[] | undefined;
  /** How long ago the user may have authenticated, in seconds. */
  readonly maxAge?: number | undefined;
}

/** Somebody is signed in, but has to authenticate again, or better: with what is demanded, so that a login can ask for it. */
export class StepUpError extends DeniedError {
  /** What is demanded. */
  readonly demand: Authentication;

  constructor(demand: Authentication, message: string, headers: DeniedError['headers'] = {}) {
    const publicMessage = 'You need to sign in again for this.';
    super('insufficient_user_authentication', message, { status: 401, publicMessage, headers });
    this.demand = demand;
  }
}

/** How many characters the classes of one login may have: its cookie keeps them. */
const maxLength = 256;

/** The classes of a demand as a list. @throws ConfigurationError `invalid_option` where they are none, or too many for a cookie */
export function classesOf({ acr = [] }: Authentication): readonly string[] {
  const classes: unknown = typeof acr === 'string' ? acr.split(' ').filter((each) => each !== '') : acr;
  if (areClasses(classes) && classes.join(' ').length <= maxLength) return classes;
  throw new ConfigurationError(
    'invalid_option',
    `Option acr: expected classes of printable ASCII, ${maxLength} characters at most together, came ${show(acr)}.`,
  );
}

function areClasses(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && /^[\x21-\x7e]+$/.test(each));
}

/**
 * Holds the login of a session against what is demanded. Where the ID token does not say when the user authenticated,
 * it counts as too long ago: a login that is asked for `max_age` has to say it.
 * [OIDC Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
 * @param now seconds, like `tolerance`
 * @throws StepUpError `insufficient_user_authentication` (401)
 */
export function requireAuthentication(
  claims: Pick<IdToken, 'acr' | 'auth_time'> | undefined,
  demand: Authentication,
  { now, tolerance }: { readonly now: number; readonly tolerance: number },
): void {
  const classes = classesOf(demand);
  const { maxAge } = demand;
  const { acr, auth_time: at } = claims ?? {};
  if (classes.length > 0 && !(acr !== undefined && classes.includes(acr)))
    throw new StepUpError(demand, `Expected acr ${classes.map(show).join(' or ')}, came ${show(acr)}.`);
  if (maxAge !== undefined && !(at !== undefined && now <= at + maxAge + tolerance))
    throw new StepUpError(demand, `Expected auth_time at most ${maxAge} s before ${now}, came ${show(at)}.`);
}
