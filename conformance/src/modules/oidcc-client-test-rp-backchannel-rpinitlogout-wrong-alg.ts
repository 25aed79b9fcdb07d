import { signsOut } from '../module.js';
import { registeredAlgorithm } from '../suite/sign.js';

/** The logout token is signed with a key of the OP's, by another algorithm than the client is registered for. */
export const suiteModule = signsOut(
  {
    channels: ['back'],
    status: 400,
    signature: (run) => ({ alg: registeredAlgorithm(run) === 'RS256' ? 'ES256' : 'RS256' }),
  },
  { code: 'jwt_alg' },
);
