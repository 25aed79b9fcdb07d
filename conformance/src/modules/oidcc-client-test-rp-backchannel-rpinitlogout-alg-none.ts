import { signsOut } from '../module.js';

/** The logout token is not signed. */
export const suiteModule = signsOut(
  { channels: ['back'], status: 400, signature: () => ({ alg: 'none' }) },
  { code: 'jwt_alg' },
);
