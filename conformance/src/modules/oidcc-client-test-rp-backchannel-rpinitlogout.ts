import { signsOut } from '../module.js';

/** Nothing is wrong with the logout token. */
export const suiteModule = signsOut(
  { channels: ['back'], status: 200 },
  {
    variants: [
      { client_auth_type: 'client_secret_basic' },
      { client_auth_type: 'client_secret_basic', punctuation: true, sid: ' "#%&' },
    ],
  },
);
