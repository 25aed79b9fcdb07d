import { passes } from '../module.js';
import { randomLetters } from '../suite/random.js';

/** The keys are where only the metadata says, and are needed before the userinfo. */
export const suiteModule = passes(
  { jwksPath: `jwks${randomLetters(10)}` },
  { sees: ['discovery', 'authorize', 'token', 'jwks', 'userinfo'] },
);
