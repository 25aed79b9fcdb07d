import { signsOut } from '../module.js';

const nonce = 'logout_tokens_must_not_contain_a_nonce';

/** The logout token has a nonce, as only ID tokens have. */
export const suiteModule = signsOut(
  { channels: ['back'], status: 400, logoutToken: (claims) => ({ ...claims, nonce }) },
  { code: 'logout_token_nonce' },
);
