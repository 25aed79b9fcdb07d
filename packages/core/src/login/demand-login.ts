import { refuseForgery } from '../csrf.js';
import { DeniedError } from '../errors.js';
import { answering, errorAnswer } from '../pages/error-answer.js';
import type { Visit } from '../visit.js';
import { beginLogin } from './begin-login.js';

/**
 * Lets a signed-in request pass, with undefined. Everybody else gets an answer: a navigation is sent to sign in and
 * comes back, what is no navigation gets 401.
 * @throws UnavailableError `store_unavailable`
 */
export async function demandLogin(visit: Visit): Promise<Response | undefined> {
  if (await visit.session()) return answering(visit, () => refuseForgery(visit));
  const { intent, target, method } = visit;
  const readable = method === 'GET' || method === 'HEAD';
  if (readable && (intent === 'navigation' || intent === 'prefetch')) {
    return answering(visit, () => beginLogin(visit, { returnTo: target }), { tryAgain: target });
  }
  const denied = new DeniedError('login_required', 'Expected a signed-in session, came none.', {
    status: 401,
    publicMessage: 'You need to sign in first.',
  });
  // What a form has sent is lost on the way to the OP and back, so no target of a form comes back.
  return errorAnswer(visit, denied, { ...(readable && { tryAgain: target }) });
}
