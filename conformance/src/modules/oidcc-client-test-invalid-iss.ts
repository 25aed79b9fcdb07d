import { refuses } from '../module.js';

/** The ID token names another issuer. */
export const suiteModule = refuses('id_token_iss', {
  idToken: (claims, run) => ({ ...claims, iss: `${run.issuer}1` }),
});
