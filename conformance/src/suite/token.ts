import { authenticateClient } from './client-authentication.js';
import { json, type OpAnswer, type OpRequest } from './http.js';
import { issueIdToken } from './id-token.js';
import { checkVerifier } from './pkce.js';
import { randomAlphanumeric } from './random.js';
import type { Grant, TestRun } from './test-run.js';

/** Exchanges a code, after the suite's checks; `expires_in` is left out, as the suite does. */
export async function token(run: TestRun, request: OpRequest): Promise<OpAnswer> {
  const { verdict, deviations } = run;
  verdict.demand(request.method === 'POST', `token: expected POST, came ${request.method}`);
  const again = run.count('token') > 1 && deviations.rotation !== 'at the second login';
  verdict.demand(!again, 'token: a second token request in one test');
  authenticateClient(run, request);
  const grant = grantOf(run, request.form);
  checkVerifier(verdict, grant.codeChallenge, request.form.get('code_verifier'));
  const accessToken = randomAlphanumeric(50);
  run.tokens.set(accessToken, grant);
  if (deviations.rotation === 'before signing') run.keys.rotate();
  return json({
    access_token: accessToken,
    token_type: 'Bearer',
    id_token: await issueIdToken(run, grant, accessToken),
    scope: grant.scope.join(' '),
  });
}

function grantOf({ verdict, grants, client }: TestRun, form: URLSearchParams): Grant {
  const type = form.get('grant_type');
  verdict.demand(type === 'authorization_code', `token: expected grant_type authorization_code, came ${type}`);
  const code = form.get('code') ?? '';
  const grant = grants.get(code) ?? verdict.stop('token: the code was not issued, or used before');
  grants.delete(code);
  const redirectUri = form.get('redirect_uri');
  verdict.expect(redirectUri === grant.redirectUri, `token: redirect_uri ${redirectUri} is not that of authorize`);
  const clientId = form.get('client_id') ?? client.client_id;
  verdict.expect(clientId === client.client_id, `token: client_id ${clientId} is not that of the client`);
  return grant;
}
