import { mayRefuse } from '../module.js';

/** The ID token is not signed, which an RP of the code flow may take where it asked for that. */
export const suiteModule = mayRefuse('jwt_alg', { idTokenSignature: { alg: 'none' } });
