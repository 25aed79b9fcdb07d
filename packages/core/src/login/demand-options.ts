import { checkOptions, Group, Is, Whole } from '../check-options.js';
import { Optional } from '../messages/optional.js';
import { CsrfOptions } from '../options.js';
import { isTexts } from '../resource/token-options.js';
import type { LoginDemand } from './demand-login.js';
import { classesOf } from './step-up.js';

/** What `requireLogin()` takes. */
export class LoginDemandOptions implements LoginDemand {
  /** Authentication context classes, one of which the login must have: space-delimited, or a list. */
  @Optional() @Is('classes, space-delimited or a list', isTexts) acr?: string | readonly string[];
  /** How long ago the user may have authenticated, in whole seconds. */
  @Optional() @Whole('seconds', 0) maxAge?: number;
  /** Whose pages may send unsafe requests here with a session, beside those that the client's own option names. */
  @Optional() @Group(CsrfOptions) csrf?: CsrfOptions;
}

/** Checks what a page demands of a session, at construction. @throws ConfigurationError `invalid_option` */
export function checkLoginDemand(given: unknown): LoginDemand {
  const demand = checkOptions(LoginDemandOptions, given);
  classesOf(demand);
  return demand;
}
