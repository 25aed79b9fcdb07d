import { passes } from '../module.js';

/** The RP reads the metadata. */
export const suiteModule = passes({}, { sees: ['discovery'] });
