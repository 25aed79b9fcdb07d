import { signsOut } from '../module.js';

/** The user signs out, the OP tells the RP over both channels and sends the user back. */
export const suiteModule = signsOut({ channels: ['back', 'front'] });
