import { refuses } from '../module.js';

/** The client is registered for HS256, and the signature of the ID token is wrong. */
export const suiteModule = refuses(
  'jwt_signature',
  {
    metadata: (metadata) => ({ ...metadata, id_token_signing_alg_values_supported: ['HS256', 'RS256'] }),
    idTokenSignature: { corrupt: true },
  },
  { options: { idTokenSignedResponseAlg: 'HS256' } },
);
