import { equalInConstantTime } from '../crypto.js';
import { pageAnswer, redirectAnswer } from '../pages/answers.js';
import { clearCookie } from '../session/cookies.js';
import type { Visit } from '../visit.js';
import type { PendingLogout } from './begin-logout.js';

/**
 * Takes the browser back from the OP after a logout. Only with the state that it left with does it go to the page
 * that was asked for; without, it sees a plain page, and nothing of the query.
 * [RP-Initiated Logout section 3](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RedirectionAfterLogout)
 */
export function completeLogout(visit: Visit): Response {
  const { client, url, cookies } = visit;
  const name = client.cookies.logout;
  const pending = open(visit, cookies.one(name));
  const done = { cookies: [clearCookie(name, { secure: client.settings.secure })] };
  const [state, another] = url.searchParams.getAll('state');
  const matches = pending && state !== undefined && another === undefined && equalInConstantTime(state, pending.state);
  if (matches) return redirectAnswer(client.origin + pending.returnTo, done);
  const action = { label: 'Continue', href: pending?.returnTo ?? client.settings.home };
  if (!pending?.local)
    return pageAnswer({ title: 'You are signed out', text: ['You can close this page, or go on.'], action });
  const text = [
    'You are signed out here.',
    'The sign-in service could not be told. You may still be signed in there: if others use this device, sign out there too.',
  ];
  return pageAnswer({ title: 'You are signed out here', text, action }, done);
}

function open({ client }: Visit, sealed: string | undefined): PendingLogout | undefined {
  const text = sealed === undefined ? undefined : client.sealer.open('logout', client.cookies.logout, sealed);
  return text === undefined ? undefined : (JSON.parse(text) as PendingLogout);
}
