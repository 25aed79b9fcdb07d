import { type OidcClient, requireClaims, type Session, type TokenVerifier, type VerifiedToken } from '@latchkey/core';
import type { Channel } from '../context/channel.js';
import type { Rules } from '../rules.js';

type Check = ReturnType<TokenVerifier['policy']>;

const checks = new WeakMap<TokenVerifier, WeakMap<Rules, Check>>();

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
  // Over a socket the same request stands for all messages: the verifier remembers that its proof was used.
  const token = await verifier.verify(request);
  if (rules.demands && (token || !verifier.passesPreflight(request))) checkOf(verifier, rules)(token);
  return token;
}

function checkOf(verifier: TokenVerifier, rules: Rules): Check {
  const ofVerifier = checks.get(verifier) ?? new WeakMap<Rules, Check>();
  const check = ofVerifier.get(rules) ?? verifier.policy({ ...rules.demands });
  checks.set(verifier, ofVerifier.set(rules, check));
  return check;
}
