import { redirect, type OpAnswer, type OpRequest } from './http.js';
import { randomAlphanumeric } from './random.js';
import type { Grant, TestRun } from './test-run.js';
import type { Verdict } from './verdict.js';

/** Checks an authentication request as the suite does, and grants it without asking anybody. */
export function authorize(run: TestRun, request: OpRequest): OpAnswer {
  const parameters = request.method === 'POST' ? request.form : request.query;
  if (run.deviations.rotation === 'at the second login' && run.count('authorize') === 2) run.keys.rotate();
  checkRequest(run, parameters);
  run.deviations.authenticationRequest?.(parameters, run);
  const code = randomAlphanumeric(40);
  const redirectUri = parameters.get('redirect_uri') ?? '';
  run.grants.set(code, grantOf(parameters, redirectUri));
  return redirect(redirectUri, {
    code,
    state: parameters.get('state') ?? undefined,
    session_state: run.deviations.logout && run.sessionState,
  });
}

function grantOf(parameters: URLSearchParams, redirectUri: string): Grant {
  return {
    redirectUri,
    scope: (parameters.get('scope') ?? '').split(' '),
    nonce: parameters.get('nonce') ?? undefined,
    codeChallenge: parameters.get('code_challenge') ?? undefined,
    hasMaxAge: parameters.has('max_age'),
  };
}

function checkRequest({ verdict, client }: TestRun, parameters: URLSearchParams): void {
  const is = (name: string, expected: string): void => {
    const came = parameters.get(name);
    verdict.demand(came === expected, `authorize: expected ${name} ${expected}, came ${came}`);
  };
  const repeated = [...parameters.keys()].filter((name, index, names) => names.indexOf(name) !== index);
  verdict.demand(repeated.length === 0, `authorize: expected each parameter once, came ${repeated.join()} again`);
  is('response_type', 'code');
  is('client_id', client.client_id);
  const redirectUri = parameters.get('redirect_uri') ?? '';
  verdict.demand(
    client.redirect_uris.includes(redirectUri),
    `authorize: redirect_uri ${redirectUri} is not registered`,
  );
  verdict.demand(!redirectUri.includes('#'), 'authorize: redirect_uri has a fragment');
  const scope = (parameters.get('scope') ?? '').split(' ');
  verdict.demand(scope.includes('openid'), `authorize: expected openid in scope, came ${scope.join(' ')}`);
  for (const name of ['request', 'request_uri'])
    verdict.demand(!parameters.has(name), `authorize: expected a plain request, came one with ${name}`);
  const silentAndFresh = parameters.get('max_age') === '0' && parameters.get('prompt') === 'none';
  verdict.demand(!silentAndFresh, 'authorize: max_age=0 and prompt=none exclude each other');
  checkChallenge(verdict, parameters);
  checkClaims(verdict, parameters);
}

/** PKCE may be left out; half of it, or `plain`, may not. */
function checkChallenge(verdict: Verdict, parameters: URLSearchParams): void {
  const [challenge, method] = [parameters.get('code_challenge'), parameters.get('code_challenge_method')];
  if (challenge === null)
    return verdict.expect(method === null, 'authorize: code_challenge_method without a challenge');
  verdict.expect(method === 'S256', `authorize: expected code_challenge_method S256, came ${method}`);
  verdict.expect(/^[\w-]{43}$/.test(challenge), 'authorize: expected code_challenge to be 43 base64url characters');
}

function checkClaims(verdict: Verdict, parameters: URLSearchParams): void {
  const claims = parameters.get('claims');
  if (claims === null) return;
  const wrong = 'authorize: expected claims to be JSON with id_token and userinfo as its members';
  try {
    const members = Object.entries(JSON.parse(claims) as object);
    const known = members.every(
      ([name, value]) => ['id_token', 'userinfo'].includes(name) && typeof value === 'object',
    );
    verdict.expect(known, wrong);
  } catch {
    verdict.fail(wrong);
  }
}
