import { passes } from '../module.js';

/** Between two logins the OP replaces its keys. */
export const suiteModule = passes(
  { rotation: 'at the second login' },
  { logins: 2, sees: ['jwks', 'userinfo', 'jwks', 'userinfo'] },
);
