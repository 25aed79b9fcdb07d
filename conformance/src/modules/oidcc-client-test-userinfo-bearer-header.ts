import { passes } from '../module.js';

/** The access token comes to userinfo in the header. */
export const suiteModule = passes({ bearer: 'header' });
