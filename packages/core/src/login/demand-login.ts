import { refuseForgery } from '../csrf.js';
import { DeniedError } from '../errors.js';
import { answering, errorAnswer } from '../pages/error-answer.js';
import type { Session } from '../session/session.js';
import type { Visit } from '../visit.js';
import type { LoginRequest } from './authorize.js';
import { beginLogin } from './begin-login.js';
import { type Authentication, requireAuthentication, StepUpError } from './step-up.js';

/** What a session must be good for, beside being one. */
export interface LoginDemand extends Authentication {
  /** Whose pages may send unsafe requests with a session, beside this program's own and those of the client's option. */
  readonly csrf?: { readonly origins: readonly string[] } | undefined;
}

/**
 * The session of a signed-in request, which must come from a page of this site where it does more than read, and whose
 * user must have authenticated as is demanded.
 * @throws DeniedError `login_required`, `csrf_refused`, `insufficient_user_authentication`
 * @throws UnavailableError `store_unavailable`
 */
export async function requireSession(visit: Visit, demand: LoginDemand = {}): Promise<Session> {
  const session = await visit.session();
  if (!session)
    throw new DeniedError('login_required', 'Expected a signed-in session, came none.', {
      status: 401,
      publicMessage: 'You need to sign in first.',
    });
  checkSession(visit, session, demand);
  return session;
}

function checkSession(visit: Visit, session: Session, demand: LoginDemand): void {
  refuseForgery(visit, { origins: demand.csrf?.origins });
  if (demand.acr === undefined && demand.maxAge === undefined) return;
  const { client } = visit;
  requireAuthentication(session.claims, demand, { now: client.now(), tolerance: client.settings.clockTolerance });
}

/** Whether a request passes `demandLogin` as is seen at once; of those that do not, it finds out. */
export function isAdmitted(visit: Visit, demand: LoginDemand = {}): boolean {
  try {
    const session = visit.known;
    if (session) checkSession(visit, session, demand);
    return session !== undefined;
  } catch {
    return false;
  }
}

/**
 * Answers who was denied: a navigation that has to sign in is sent to do that and comes back, all else gets the error.
 * @param wanted what the login is asked for, if one is begun; comes back to `returnTo`, default the page itself
 */
export async function answerDenied(
  visit: Visit,
  denied: DeniedError,
  wanted: Omit<LoginRequest, 'beganUnder'> = {},
): Promise<Response> {
  const { intent, target, method } = visit;
  const isStepUp = denied instanceof StepUpError;
  if (denied.code !== 'login_required' && !isStepUp) return errorAnswer(visit, denied);
  const readable = method === 'GET' || method === 'HEAD';
  if (readable && (intent === 'navigation' || intent === 'prefetch')) {
    const request = { returnTo: target, ...wanted, ...(isStepUp && denied.demand) };
    return answering(visit, () => beginLogin(visit, request), { tryAgain: request.returnTo });
  }
  // What a form has sent is lost on the way to the OP and back, so no target of a form comes back.
  return errorAnswer(visit, denied, { ...(readable && { tryAgain: wanted.returnTo ?? target }) });
}

/**
 * Lets a signed-in request pass, with undefined. Everybody else gets an answer: a navigation is sent to sign in and
 * comes back, what is no navigation gets 401.
 * @throws UnavailableError `store_unavailable`
 */
export async function demandLogin(
  visit: Visit,
  demand: LoginDemand = {},
  wanted?: Omit<LoginRequest, 'beganUnder'>,
): Promise<Response | undefined> {
  try {
    await requireSession(visit, demand);
    return undefined;
  } catch (error) {
    if (!(error instanceof DeniedError)) throw error;
    const { acr, maxAge } = demand;
    // Who has to sign in anyway does it at once as well as the page demands, not once more after.
    return answerDenied(visit, error, {
      ...(acr !== undefined && { acr }),
      ...(maxAge !== undefined && { maxAge }),
      ...wanted,
    });
  }
}
