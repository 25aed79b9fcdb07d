import { refuses } from '../module.js';

/** The metadata is that of another issuer. */
export const suiteModule = refuses(
  'issuer_mismatch',
  { metadata: (metadata, { issuer }) => ({ ...metadata, issuer: `${issuer}INVALID` }) },
  { last: 'discovery' },
);
