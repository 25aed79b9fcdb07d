import { refuses } from '../module.js';

/** The ID token has no aud. */
export const suiteModule = refuses('id_token_aud', { idToken: (claims) => ({ ...claims, aud: undefined }) });
