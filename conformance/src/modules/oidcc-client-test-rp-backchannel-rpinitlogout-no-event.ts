import { signsOut } from '../module.js';

/** The logout token has no events. */
export const suiteModule = signsOut(
  { channels: ['back'], status: 400, logoutToken: (claims) => ({ ...claims, events: undefined }) },
  { code: 'logout_token_events' },
);
