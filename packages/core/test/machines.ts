import { OidcClient } from '../src/client/client.js';
import type { Session } from '../src/session/session.js';
import { Visit } from '../src/visit.js';
import type { CrookedOp } from './crooked-op.js';
import { optionsFor, type PartyOptions, type RelyingParty } from './relying-party.js';
import type { UserAgent } from './user-agent.js';

/** One more machine that runs a program: another client at the same base URL, on the same store, without memory of the first. */
export function machineOf({ client, url }: RelyingParty, { session, ...options }: PartyOptions = {}): OidcClient {
  const { clock, store } = client;
  return new OidcClient(optionsFor(client.ref.issuer, url, { clock, ...options, session: { store, ...session } }));
}

/** A request of a browser at a machine. */
export function visitAt(client: OidcClient, agent: UserAgent): Visit {
  const cookies = agent.cookies(new URL(client.baseUrl).hostname);
  return new Visit(client, 'GET', '/', (name) => (name === 'cookie' ? cookies : undefined));
}

/** The session of a browser, as a request of its own at a machine sees it; fails where there is none. */
export async function sessionAt(client: OidcClient, agent: UserAgent): Promise<Session> {
  const session = await visitAt(client, agent).session();
  if (session) return session;
  throw new Error('Expected a session, came none.');
}

/** Resolves when the condition holds: it is looked at after every round of the event loop. */
export async function until(holds: () => boolean): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (!holds());
}

/** The refreshes that an OP was asked for: the refresh tokens, in their order. */
export function refreshesAt(op: CrookedOp): readonly (string | null)[] {
  const forms = op.at('/token').map(({ parameters }) => parameters);
  return forms.filter((form) => form.get('grant_type') === 'refresh_token').map((form) => form.get('refresh_token'));
}
