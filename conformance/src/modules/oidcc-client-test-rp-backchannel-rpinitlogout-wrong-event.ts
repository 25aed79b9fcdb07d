import { signsOut } from '../module.js';

const events = { 'http://schemas.openid.net/event/foobar': {} };

/** The event of the logout token is another than a logout. */
export const suiteModule = signsOut(
  { channels: ['back'], status: 400, logoutToken: (claims) => ({ ...claims, events }) },
  { code: 'logout_token_events' },
);
