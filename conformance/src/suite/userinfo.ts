import type { Claims } from './deviations.js';
import { json, jwt, type OpAnswer, type OpRequest } from './http.js';
import { subject } from './id-token.js';
import { signClaims } from './sign.js';
import type { Grant, TestRun } from './test-run.js';

const claimsOfScope: Readonly<Record<string, Claims>> = {
  profile: { name: 'Theresa User', given_name: 'Theresa', family_name: 'User', updated_at: 1_580_000_000 },
  email: { email: 'user@example.com', email_verified: false },
  phone: { phone_number: '+1 555 5550000', phone_number_verified: false },
  address: { address: { locality: 'Hollywood', region: 'CA', country: 'USA' } },
};

/** Answers with the claims of the scopes that were granted, plain or as a JWT. */
export async function userinfo(run: TestRun, request: OpRequest): Promise<OpAnswer> {
  const { userinfo: change, userinfoSignature } = run.deviations;
  const right = claimsOf(grantOf(run, request));
  const claims = change?.(right, run) ?? right;
  if (!userinfoSignature) return json(claims);
  return jwt(await signClaims(run, { ...claims, iss: run.issuer, aud: run.client.client_id }, userinfoSignature));
}

function claimsOf({ scope }: Grant): Claims {
  return Object.assign({ sub: subject }, ...scope.map((name) => claimsOfScope[name])) as Claims;
}

/** The access token stands in the header or in the body, once, and never in the query. */
function grantOf({ verdict, deviations, tokens }: TestRun, { headers, form, query }: OpRequest): Grant {
  verdict.demand(!query.has('access_token'), 'userinfo: the access token stands in the query');
  const [, inHeader] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
  const inBody = form.get('access_token') ?? undefined;
  verdict.demand((inHeader === undefined) !== (inBody === undefined), 'userinfo: expected one access token');
  const misplaced = deviations.bearer === 'header' && inHeader === undefined;
  verdict.demand(!misplaced, 'userinfo: expected the access token in the header');
  const grant = tokens.get(inHeader ?? inBody ?? '');
  return grant ?? verdict.stop('userinfo: the access token was not issued here');
}
