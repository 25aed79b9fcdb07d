import { passes } from '../module.js';
import { oneOfEach } from '../suite/keys.js';

/** No key has a kid, nor has the ID token: the one key that fits is found by its type. */
export const suiteModule = passes({ keys: oneOfEach });
