import { refuseForgery } from '../csrf.js';
import { DeniedError } from '../errors.js';
import { answering, errorAnswer } from '../pages/error-answer.js';
import type { Session } from '../session/session.js';
import type { Visit } from '../visit.js';
import { beginLogin } from './begin-login.js';

/**
 * The session of a signed-in request, which must come from a page of this site where it does more than read.
 * @throws DeniedError `login_required`, `csrf_refused`
 * @throws UnavailableError `store_unavailable`
 */
export async function requireSession(visit: Visit): Promise<Session> {
  const session = await visit.session();
  if (!session)
    throw new DeniedError('login_required', 'Expected a signed-in session, came none.', {
      status: 401,
      publicMessage: 'You need to sign in first.',
    });
  refuseForgery(visit);
  return session;
}

/** Answers who was denied: a navigation without a session is sent to sign in and comes back, all else gets the error. */
export async function answerDenied(visit: Visit, denied: DeniedError): Promise<Response> {
  const { intent, target, method } = visit;
  if (denied.code !== 'login_required') return errorAnswer(visit, denied);
  const readable = method === 'GET' || method === 'HEAD';
  if (readable && (intent === 'navigation' || intent === 'prefetch')) {
    return answering(visit, () => beginLogin(visit, { returnTo: target }), { tryAgain: target });
  }
  // What a form has sent is lost on the way to the OP and back, so no target of a form comes back.
  return errorAnswer(visit, denied, { ...(readable && { tryAgain: target }) });
}

/**
 * Lets a signed-in request pass, with undefined. Everybody else gets an answer: a navigation is sent to sign in and
 * comes back, what is no navigation gets 401.
 * @throws UnavailableError `store_unavailable`
 */
export async function demandLogin(visit: Visit): Promise<Response | undefined> {
  try {
    await requireSession(visit);
    return undefined;
  } catch (error) {
    if (error instanceof DeniedError) return answerDenied(visit, error);
    throw error;
  }
}
