import { passes } from '../module.js';

/** Nothing is wrong; the nonce must be of unreserved characters, and at most 43 of them. */
export const suiteModule = passes(
  {
    authenticationRequest: (request, { verdict }) =>
      verdict.expect(
        /^[\w.~-]{1,43}$/.test(request.get('nonce') ?? 'none'),
        'authorize: expected a nonce of 43 characters',
      ),
  },
  {
    variants: [
      { client_auth_type: 'client_secret_basic' },
      { client_auth_type: 'client_secret_post' },
      { client_auth_type: 'none' },
      { client_auth_type: 'client_secret_basic', punctuation: true },
      { client_auth_type: 'client_secret_post', punctuation: true },
      { client_auth_type: 'none', punctuation: true },
    ],
  },
);
