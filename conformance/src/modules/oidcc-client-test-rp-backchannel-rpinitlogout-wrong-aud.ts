import { signsOut } from '../module.js';

/** The logout token is for another client. */
export const suiteModule = signsOut(
  {
    channels: ['back'],
    status: 400,
    logoutToken: (claims, run) => ({ ...claims, aud: `${run.client.client_id}INVALID` }),
  },
  { code: 'logout_token_aud' },
);
