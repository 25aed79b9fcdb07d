import { refuses } from '../module.js';

/** The ID token has no iat. */
export const suiteModule = refuses('id_token_iat', { idToken: (claims) => ({ ...claims, iat: undefined }) });
