import { refuses } from '../module.js';

/** The ID token is for another client. */
export const suiteModule = refuses('id_token_aud', {
  idToken: (claims, run) => ({ ...claims, aud: `${run.client.client_id}1` }),
});
