import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { SuiteModule } from './module.js';

/** A module and its name, which is that of its file. */
export interface NamedModule {
  readonly name: string;
  readonly suiteModule: SuiteModule;
}

const folder = join(__dirname, 'modules');
const load = createRequire(__filename);

/** Every module that is there. */
export const modules: readonly NamedModule[] = readdirSync(folder)
  .sort()
  .map((file) => ({
    name: file.replace(/\.ts$/, ''),
    ...(load(join(folder, file)) as { suiteModule: SuiteModule }),
  }));
