import { mayRefuse } from '../module.js';
import { threeOfEach } from '../suite/keys.js';

/** No key has a kid, and three fit: an RP may try them all, or refuse. */
export const suiteModule = mayRefuse('jwt_key', { keys: threeOfEach });
