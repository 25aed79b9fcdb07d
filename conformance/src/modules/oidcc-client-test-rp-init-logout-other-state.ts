import { signsOut } from '../module.js';

/** The user comes back with another state than the RP has sent. */
export const suiteModule = signsOut({ channels: ['back', 'front'], state: (state) => `${state}_INVALID` });
