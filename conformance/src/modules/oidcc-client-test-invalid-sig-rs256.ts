import { refuses } from '../module.js';

/** The signature of the ID token is wrong. */
export const suiteModule = refuses('jwt_signature', { idTokenSignature: { corrupt: true } });
