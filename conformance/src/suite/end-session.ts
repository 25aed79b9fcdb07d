import { sendLogoutToken } from './back-channel-logout.js';
import { frontChannelPage } from './front-channel-logout.js';
import { redirect, type OpAnswer, type OpRequest } from './http.js';
import type { TestRun } from './test-run.js';

/**
 * Ends the session here and tells the RP: over the back channel before the browser gets its answer, over the front
 * channel by the page that is the answer.
 */
export async function endSession(run: TestRun, request: OpRequest): Promise<OpAnswer> {
  const { channels = [], state: change } = run.deviations.logout ?? {};
  const parameters = request.method === 'POST' ? request.form : request.query;
  checkRequest(run, parameters);
  const state = parameters.get('state') ?? undefined;
  if (change) run.verdict.expect(state !== undefined, 'end_session: expected a state, came none');
  const back = state !== undefined && change ? change(state) : state;
  if (channels.includes('back')) await sendLogoutToken(run);
  const then = redirect(parameters.get('post_logout_redirect_uri') ?? run.issuer, { state: back });
  return channels.includes('front') ? frontChannelPage(run, then.headers.location) : then;
}

function checkRequest({ verdict, idTokens, client }: TestRun, parameters: URLSearchParams): void {
  const hint = parameters.get('id_token_hint');
  verdict.expect(hint !== null && idTokens.includes(hint), 'end_session: id_token_hint is no ID token of this test');
  const target = parameters.get('post_logout_redirect_uri');
  const registered = client.post_logout_redirect_uris ?? [];
  verdict.expect(
    target !== null && registered.includes(target),
    `end_session: post_logout_redirect_uri ${target} is not registered`,
  );
}
