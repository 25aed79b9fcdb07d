import { answering, demandLogin, DeniedError, type LoginRequest, requireClaims, type Visit } from '@latchkey/core';
import { dependOnSession } from './answers.js';
import { loginDemandOf } from './demands.js';
import { userFor } from './marks.js';
import { type Outcome, outcomeOf } from './outcome.js';
import { type Seen, tokenRefused } from './requests.js';
import { type Scope, within } from './scope.js';
import type { LoginInfo, OidcAuthenticateOptions } from './types.js';

/** What `passport.authenticate()` takes for every strategy that sends people elsewhere. */
type Options = OidcAuthenticateOptions & { readonly prompt?: string };

/** Lets who is signed in pass; who is not is sent to sign in, where that is possible. */
export async function guard(seen: Seen, options: Options): Promise<Outcome<LoginInfo>> {
  const { req, res, visit } = seen;
  // Whoever comes with a token is judged by that alone.
  if (tokenRefused.has(req))
    return { is: 'fail', why: { message: 'The token alone decides.', code: 'token_refused' }, status: 401 };
  try {
    if (options.optional && !(await visit.session())) return { is: 'pass' };
    const scope: Scope = { req };
    const answer = await within(scope, () => admit(visit, options));
    if (answer) return outcomeOf(answer, seen, scope);
    const session = await visit.session();
    if (!session) throw new DeniedError('login_required', 'Expected a signed-in session, came none.', { status: 401 });
    return { is: 'success', user: userFor(seen, session), info: { session } };
  } finally {
    dependOnSession(visit, res);
  }
}

/** The answer to who may not pass. */
async function admit(visit: Visit, options: Options): Promise<Response | undefined> {
  const { claims = {}, ...demand } = loginDemandOf(options);
  const refusal = await demandLogin(visit, demand, requestOf(options));
  const session = await visit.session();
  if (refusal || !session) return refusal;
  return (await answering(visit, () => requireClaims(session.user, claims))) ?? undefined;
}

function requestOf({ returnTo, authorizationParams, prompt }: Options): Omit<LoginRequest, 'beganUnder'> {
  return {
    ...(returnTo !== undefined && { returnTo }),
    authorizationParams: { ...authorizationParams, ...(prompt !== undefined && { prompt }) },
  };
}
