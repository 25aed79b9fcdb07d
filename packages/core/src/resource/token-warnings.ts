import { reachesOneProcess, warn } from '../client/warnings.js';
import type { TokenIssuerOptions, TokenOptions } from './token-options.js';

/** Says once per process what a program's author should know of the options chosen. */
export function warnOfTokenOptions(
  { dpop, store, dangerouslyAllowHttp }: TokenOptions,
  issuers: readonly TokenIssuerOptions[],
  about: Parameters<typeof warn>[0],
): void {
  if (issuers.some(({ clientId, audience = [] }) => clientId !== undefined && [audience].flat().includes(clientId)))
    warn(
      about,
      'LATCHKEY_AUDIENCE',
      'The audience of an API is its own client_id: ID tokens have that audience too. Give the API a name of its own.',
    );
  if (dpop !== undefined && dpop !== false && reachesOneProcess(store))
    warn(
      about,
      'LATCHKEY_MEMORY_STORE',
      'Used DPoP proofs are in the memory of this process: the single use of a proof reaches this process only. Set store.',
    );
  if (dangerouslyAllowHttp)
    warn(about, 'LATCHKEY_DANGEROUS_OPTION', 'Option dangerouslyAllowHttp is on: a protection is off.');
}
