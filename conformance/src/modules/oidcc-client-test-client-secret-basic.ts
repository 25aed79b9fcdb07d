import { passes } from '../module.js';

/** The client authenticates by client_secret_basic, whatever stands in its id and secret. */
export const suiteModule = passes(
  {},
  {
    variants: [
      { client_auth_type: 'client_secret_basic' },
      { client_auth_type: 'client_secret_basic', punctuation: true },
    ],
  },
);
