import { type ApiRequest, requireClaims, type Session, systemClock } from '@latchkey/core';
import type { OidcClient, TokenVerifier, VerifiedToken } from '@latchkey/core';
import type { Channel } from '../context/channel.js';
import type { Rules } from '../rules.js';

type Check = ReturnType<TokenVerifier['policy']>;

const checks = new WeakMap<TokenVerifier, WeakMap<Rules, Check>>();
/** The tokens that came with a proof of their sender: it counts once, and a socket has one for all of its messages. */
const proven = new WeakMap<ApiRequest, WeakMap<TokenVerifier, VerifiedToken>>();

/** The session of a call that may come with it, as its handler demands. @throws OidcError for who may not pass */
export async function admitSession(channel: Channel, client: OidcClient, { demands = {} }: Rules): Promise<Session> {
  const { acr, maxAge, claims } = demands;
  const session = await channel.session(client, { acr, maxAge });
  if (claims) requireClaims(session.user, claims);
  return session;
}

/** The token of a call that may come with it, as its handler demands. @throws OidcError for who may not pass */
export async function admitToken(
  channel: Channel,
  verifier: TokenVerifier,
  rules: Rules,
): Promise<VerifiedToken | undefined> {
  const request = channel.apiRequest;
  const token = provenBefore(request, verifier) ?? (await verifier.verify(request));
  if (token?.scheme === 'DPoP') proven.set(request, new WeakMap([[verifier, token]]));
  if (rules.demands && (token || !verifier.passesPreflight(request))) checkOf(verifier, rules)(token);
  return token;
}

function provenBefore(request: ApiRequest, verifier: TokenVerifier): VerifiedToken | undefined {
  const token = proven.get(request)?.get(verifier);
  return (token?.expiresAt ?? Infinity) * 1000 > systemClock.now() ? token : undefined;
}

function checkOf(verifier: TokenVerifier, rules: Rules): Check {
  const ofVerifier = checks.get(verifier) ?? new WeakMap<Rules, Check>();
  const check = ofVerifier.get(rules) ?? verifier.policy({ ...rules.demands });
  checks.set(verifier, ofVerifier.set(rules, check));
  return check;
}
