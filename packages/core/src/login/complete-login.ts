import type { OidcClient } from '../client/client.js';
import { hashOf } from '../crypto.js';
import { DeniedError, OidcError, ResponseError, type ErrorCode } from '../errors.js';
import { eventSessionOf, type OidcEvent, publish } from '../events.js';
import type { LoginContext } from '../hooks.js';
import type { AuthenticationSuccessResponse } from '../messages/index.js';
import { revokeTokens } from '../logout/revoke-tokens.js';
import { redirectAnswer } from '../pages/answers.js';
import { errorAnswer } from '../pages/error-answer.js';
import { clearCookie } from '../session/cookies.js';
import type { Login } from '../session/login-cookies.js';
import type { CarriedSession } from '../session/carrier.js';
import { startSession } from '../session/start-session.js';
import { sessionTokens } from '../session/tokens.js';
import { userOf } from '../session/user.js';
import type { Visit } from '../visit.js';
import { exchangeCode } from './exchange-code.js';
import { fetchUserinfo } from './fetch-userinfo.js';
import { readCallback } from './read-callback.js';
import { validateIdToken } from './validate-id-token.js';

/** What only the callback answers carry: the code must not travel on in a Referer. */
const noReferrer = { 'Referrer-Policy': 'no-referrer' };

/**
 * Takes the browser back from the OP: finds the login that it answers, claims it, and goes through the steps to a
 * session. Without a matching login there is never a session.
 */
export async function completeLogin(visit: Visit): Promise<Response> {
  const { client, url } = visit;
  const state = stateOf(url);
  const login = state === undefined ? undefined : client.logins.open(visit.cookies, state);
  if (!login) return lostLogin(visit, 'login_unknown', undefined);
  const age = (await client.store.now()) - login.createdAt;
  if (age > client.settings.loginLifetime) return lostLogin(visit, 'login_expired', login);
  const arrived = client.clock.now();
  // Had before the login is used up, so that an OP or a store which is down costs nobody a login.
  await Promise.all([client.provider.metadata(), visit.session()]);
  if (!(await claim(client, login))) return lostLogin(visit, 'login_used', login);
  const cookies = [clearCookie(client.cookies.login(login.state), { secure: client.settings.secure })];
  // The age by the store's clock, and what came after it by that of the events.
  const about = (): OidcEvent & { duration: number } => {
    const at = client.clock.now();
    return { client: client.ref, at, duration: Math.max(0, age + at - arrived) };
  };
  let fault = 400;
  try {
    const response = await readCallback(client, url.href, login);
    fault = 502; // what the OP sends over the back channel from here on is no fault of the browser's
    const session = await finish(visit, login, response);
    cookies.push(...session.cookies);
    publish('latchkey:login', { type: 'succeeded', ...about(), ...eventSessionOf(session.record) });
  } catch (error) {
    const code = error instanceof OidcError ? error.code : 'hook_failed';
    publish('latchkey:login', { type: 'refused', ...about(), code });
    if (!(error instanceof OidcError)) throw error;
    const status = error instanceof ResponseError ? fault : error.status;
    return errorAnswer(visit, error, { tryAgain: login.returnTo, cookies, headers: noReferrer, status });
  }
  return redirectAnswer(client.origin + login.returnTo, { cookies, headers: noReferrer });
}

/** The one state of a response. An error or a code without one answers no login that we know. */
function stateOf(url: URL): string | undefined {
  const states = url.searchParams.getAll('state');
  if (states.length > 1)
    throw new ResponseError('duplicate_parameter', 'Expected one state in the response, came several.');
  return states[0];
}

/** Claims the state once, in the store that all processes share, before the code is sent anywhere. */
function claim(client: OidcClient, { state }: Login): Promise<boolean> {
  return client.store.firstUse(
    client.ref,
    { kind: 'state', key: hashOf(state) },
    client.settings.loginLifetime + 300_000,
  );
}

/** The steps of a login from the code to the session. */
async function finish(visit: Visit, login: Login, response: AuthenticationSuccessResponse): Promise<CarriedSession> {
  const { client } = visit;
  const tokens = await exchangeCode(client, response, login);
  const { idToken, jws } = await validateIdToken(client, tokens, login);
  const userinfo = await fetchUserinfo(client, tokens, idToken);
  const user = await userFor(visit, { user: userOf(idToken, userinfo), idToken, tokens }, jws);
  const previous = (await visit.session())?.record.id;
  const { cookies } = visit;
  const result = { tokens, idToken, jws, user, cookies, ...(previous !== undefined && { previous }) };
  return startSession(client, login, result);
}

/** Asks the program who this is to it. Whom it refuses keeps no tokens. */
async function userFor(visit: Visit, known: Omit<LoginContext, 'request'>, jws: string): Promise<unknown> {
  const { client } = visit;
  const { onLogin } = client.settings.hooks;
  if (!onLogin) return known.user;
  try {
    return (await onLogin({ ...known, request: visit.toRequest() })) ?? known.user;
  } catch (error) {
    revokeTokens(client, sessionTokens(known.tokens, jws, await client.store.now()));
    throw error;
  }
}

const sentences: Readonly<Partial<Record<ErrorCode, readonly [string, string]>>> = {
  login_unknown: [
    'Expected the cookie of this login, came none that opens.',
    'This sign-in is not known to your browser any more: it was finished, cancelled, or begun elsewhere.',
  ],
  login_used: [
    'Expected a login that was not completed yet, came one that was.',
    'This sign-in was completed already.',
  ],
  login_expired: [
    'Expected a login within its lifetime, came an older one.',
    'This sign-in took too long, so it is not valid any more.',
  ],
};

/** A callback that leads to no session of its own: who is signed in goes on, everybody else may start again. */
async function lostLogin(
  visit: Visit,
  code: 'login_unknown' | 'login_used' | 'login_expired',
  login: Login | undefined,
): Promise<Response> {
  const { client } = visit;
  const returnTo = login?.returnTo ?? client.settings.home;
  publish('latchkey:login', { type: 'refused', client: client.ref, at: client.clock.now(), code });
  if (await visit.session()) return redirectAnswer(client.origin + returnTo, { headers: noReferrer });
  const [message = '', publicMessage = ''] = sentences[code] ?? [];
  return errorAnswer(visit, new DeniedError(code, message, { status: 400, publicMessage }), {
    tryAgain: returnTo,
    headers: noReferrer,
  });
}
