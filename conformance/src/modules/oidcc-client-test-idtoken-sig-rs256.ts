import { passes } from '../module.js';

/** The metadata offers RS256 alone. */
export const suiteModule = passes({
  metadata: (metadata) => ({ ...metadata, id_token_signing_alg_values_supported: ['RS256'] }),
});
