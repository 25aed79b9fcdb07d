import { signsOut } from '../module.js';

/** The logout token names another issuer. */
export const suiteModule = signsOut(
  { channels: ['back'], status: 400, logoutToken: (claims, run) => ({ ...claims, iss: `${run.issuer}INVALID` }) },
  { code: 'logout_token_iss' },
);
