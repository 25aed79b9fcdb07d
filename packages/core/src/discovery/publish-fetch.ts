import type { Clock } from '../clock.js';
import { OidcError } from '../errors.js';
import { publish } from '../events.js';
import type { ClientRef } from '../session/session-store.js';

/** Tells of what came of the OP, or with the error of what did not. */
export function publishFetch(
  { ref, clock }: { readonly ref: ClientRef; readonly clock: Clock },
  type: 'metadata_fetched' | 'keys_fetched',
  error?: unknown,
): void {
  const about = { client: ref, at: clock.now() };
  if (error === undefined) return publish('latchkey:provider', { type, ...about });
  const endpoint = type === 'keys_fetched' ? 'keys' : 'metadata';
  const code = error instanceof OidcError ? error.code : 'op_unreachable';
  publish('latchkey:provider', { type: 'unreachable', ...about, endpoint, code });
}
