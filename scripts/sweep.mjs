// Run in a package's folder after tsc, which leaves in dist what it once made of a source that is gone by now: npm
// would pack it, and Nx would bring it back from its cache.
import { existsSync, readdirSync, rmSync } from 'node:fs';

const made = /^(.*)\.(js|d\.ts)(\.map)?$/;

for (const file of readdirSync('dist', { recursive: true })) {
  const source = made.exec(file)?.[1];
  if (source && !existsSync(`src/${source}.ts`)) rmSync(`dist/${file}`);
}
