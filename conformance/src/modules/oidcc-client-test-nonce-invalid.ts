import { refuses } from '../module.js';

/** The ID token has another nonce than was sent, or one where none was. */
export const suiteModule = refuses('id_token_nonce', {
  idToken: ({ nonce = null, ...claims }) => ({ ...claims, nonce: `${nonce as string}1` }),
});
