import { ConfigurationError, type ErrorCode, OidcError, UnavailableError } from '../errors.js';
import type { OwnAnswer } from '../hooks.js';
import type { Visit } from '../visit.js';
import { localTarget } from '../login/return-to.js';
import { type Authentication, classesOf, StepUpError } from '../login/step-up.js';
import { htmlAnswer, jsonAnswer, pageAnswer, redirectAnswer, type AnswerOptions } from './answers.js';
import type { Page } from './page.js';

/** How an error is answered. */
export interface ErrorAnswerOptions extends AnswerOptions {
  /** The page that a new login leads to; left out: the program's first page. */
  readonly tryAgain?: string;
}

const titles: Readonly<Partial<Record<ErrorCode, string>>> = {
  login_unknown: 'This sign-in cannot be continued',
  login_used: 'This sign-in is done already',
  login_expired: 'This sign-in has expired',
  login_ended: 'You were signed out',
  login_refused: 'You cannot sign in here',
  login_required: 'Please sign in',
  insufficient_user_authentication: 'Please sign in again',
  csrf_refused: 'This request was stopped',
  method_not_allowed: 'That does not work this way',
  store_unavailable: 'Please try again in a moment',
};

/** Answers an error: by the program's own hook, as a page to people, as JSON to everybody else. */
export async function errorAnswer(
  visit: Visit,
  error: OidcError,
  { tryAgain = visit.client.settings.home, ...options }: ErrorAnswerOptions = {},
): Promise<Response> {
  const own = await hookAnswer(visit, error, { tryAgain, ...options });
  if (own) return own;
  const href = againUrl(visit, error, tryAgain);
  const all = optionsOf(error, options);
  if (!visit.wantsHtml) {
    const isMended = error.code === 'login_required' || error instanceof StepUpError;
    const location = isMended && { location: new URL(href, visit.client.baseUrl).href };
    return jsonAnswer({ error: error.code, error_description: error.publicMessage, ...location }, all);
  }
  const page = {
    title: titleOf(visit, error),
    text: [error.publicMessage],
    detail: `${error.code}: ${error.message}`,
    ...wayOn(visit, error, href),
  };
  return pageAnswer(page, all);
}

function titleOf({ route }: Visit, error: OidcError): string {
  const own = titles[error.code];
  if (own !== undefined) return own;
  if (error instanceof UnavailableError) return 'The sign-in service cannot be reached';
  return route?.name === 'logout' ? 'Signing out did not work' : 'Signing in did not work';
}

/** What no login mends; who wants to sign out is not to be led to sign in either. */
const beyondLogin: ReadonlySet<ErrorCode> = new Set(['csrf_refused', 'method_not_allowed']);

function wayOn({ client, route }: Visit, error: OidcError, again: string): Pick<Page, 'action'> {
  if (error instanceof ConfigurationError) return {}; // a wrong option is not mended by trying again
  if (beyondLogin.has(error.code) || route?.name === 'logout')
    return { action: { label: 'Continue', href: client.settings.home } };
  return { action: { label: 'Try again', href: again } };
}

/** The program's own answer to an error, by its hook; undefined where it has no hook, or the hook has nothing to say. */
export async function hookAnswer(
  visit: Visit,
  error: OidcError,
  { tryAgain = visit.client.settings.home, ...options }: ErrorAnswerOptions = {},
): Promise<Response | undefined> {
  const { onError } = visit.client.settings.hooks;
  if (!onError) return undefined;
  const own = await onError(error, { request: visit.toRequest(), tryAgain: againUrl(visit, error, tryAgain) });
  return own && ownAnswer(own, optionsOf(error, options));
}

function optionsOf({ status, headers }: OidcError, options: AnswerOptions): AnswerOptions {
  return { status, ...options, headers: { ...headers, ...options.headers } };
}

/** Where a login begins that mends the error. */
function againUrl(visit: Visit, error: OidcError, tryAgain: string): string {
  return loginUrl(visit, tryAgain, error instanceof StepUpError ? error.demand : {});
}

/** Runs a step, and answers what it refuses; what is no error of ours is thrown on. */
export async function answering<T>(
  visit: Visit,
  step: () => T | Promise<T>,
  options?: ErrorAnswerOptions,
): Promise<T | Response> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof OidcError)) throw error;
    return errorAnswer(visit, error, options);
  }
}

/** Where a new login starts; where that route is turned off, the page itself asks for one, if it is a page of ours. */
export function loginUrl({ client }: Visit, returnTo: string, demand: Authentication = {}): string {
  const login = client.routes.url('login');
  if (login === undefined) return localTarget(client, returnTo) ?? client.settings.home;
  const { pathname } = new URL(login);
  const classes = classesOf(demand);
  const query = new URLSearchParams({
    ...(returnTo !== client.settings.returnTo && { returnTo }),
    ...(classes.length > 0 && { acr_values: classes.join(' ') }),
    ...(demand.maxAge !== undefined && { max_age: String(demand.maxAge) }),
  });
  return query.size === 0 ? pathname : `${pathname}?${query.toString()}`;
}

function ownAnswer(own: OwnAnswer, options: AnswerOptions): Response {
  if (own instanceof Response) return withCookies(own, options.cookies);
  if ('redirect' in own) return redirectAnswer(own.redirect, { ...options, status: 303 });
  return htmlAnswer(own.html, { ...options, ...(own.status !== undefined && { status: own.status }) });
}

/** A response's headers may be immutable, so it is made anew. What it says of caches stays. */
function withCookies(response: Response, cookies: readonly string[] = []): Response {
  const answer = new Response(response.body, response);
  if (!answer.headers.has('Cache-Control')) answer.headers.set('Cache-Control', 'private, no-store');
  for (const cookie of cookies) answer.headers.append('Set-Cookie', cookie);
  return answer;
}
