import { randomUUID } from 'node:crypto';
import type { Claims } from './deviations.js';
import { subject } from './id-token.js';
import { signClaims } from './sign.js';
import type { TestRun } from './test-run.js';

const lifetime = 120;

/** Posts a logout token to the RP and judges its answer. What the RP must ignore goes along, in the form and in the token. */
export async function sendLogoutToken(run: TestRun): Promise<void> {
  const { verdict, client, deviations } = run;
  const uri = client.backchannel_logout_uri;
  if (uri === undefined) return verdict.fail('backchannel: the client has no backchannel_logout_uri');
  const body = new URLSearchParams({ logout_token: await logoutToken(run), ignored_parameter: 'to be ignored' });
  const response = await fetch(uri, { method: 'POST', body, redirect: 'manual' });
  const expected = deviations.logout?.status ?? response.status;
  verdict.expect(response.status === expected, `backchannel: expected status ${expected}, came ${response.status}`);
  const cacheControl = response.headers.get('cache-control') ?? '';
  const directives = cacheControl.split(',').map((directive) => directive.trim());
  verdict.expect(directives.includes('no-store'), `backchannel: expected no-store, came Cache-Control ${cacheControl}`);
}

function logoutToken(run: TestRun): Promise<string> {
  const { logoutToken: change, signature } = run.deviations.logout ?? {};
  const right = claimsOf(run);
  return signClaims(run, change?.(right, run) ?? right, signature?.(run));
}

function claimsOf({ issuer, client, sid }: TestRun): Claims {
  const iat = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    sub: subject,
    aud: client.client_id,
    jti: randomUUID(),
    sid,
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    iat,
    exp: iat + lifetime,
    ignored_claim: 'to be ignored',
  };
}
