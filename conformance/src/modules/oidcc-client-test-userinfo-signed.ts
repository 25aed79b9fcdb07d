import { passes } from '../module.js';

/** The userinfo is a JWT signed with RS256. */
export const suiteModule = passes({ userinfoSignature: { alg: 'RS256' } });
