import { express, express4 } from './express.js';
import { nestjs } from './nestjs.js';
import { passport } from './passport.js';
import type { Rp } from './rp.js';

/** The RPs that run every module; a new one is its file and its name here. */
export const rps: readonly Rp[] = [express, express4, ...nestjs, ...passport];
