import { refuses } from '../module.js';

/** The ID token has no sub. */
export const suiteModule = refuses('id_token_sub', { idToken: (claims) => ({ ...claims, sub: undefined }) });
