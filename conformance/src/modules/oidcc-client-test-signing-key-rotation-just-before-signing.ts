import { passes } from '../module.js';

/** The OP replaces its keys right before it signs the ID token. */
export const suiteModule = passes({ rotation: 'before signing' });
