import { signsOut } from '../module.js';

/** The user comes back without the state that the RP has sent. */
export const suiteModule = signsOut({ channels: ['back', 'front'], state: () => undefined });
