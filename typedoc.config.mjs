import { readdirSync } from 'node:fs';

const packages = readdirSync(new URL('packages', import.meta.url));

/** The API pages, from the docstrings. What the API names and does not export, or does not document, fails the run. */
export default {
  name: 'Latchkey',
  plugin: ['./scripts/typedoc-messages.mjs'],
  entryPointStrategy: 'packages',
  entryPoints: packages.map((name) => `packages/${name}`),
  packageOptions: { entryPoints: ['src/index.ts'], disableSources: true, excludeInternal: true, readme: 'README.md' },
  out: 'docs/api',
  readme: 'README.md',
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  // Members of classes and interfaces are looked at by the plugin.
  requiredToBeDocumented: [
    'Enum',
    'EnumMember',
    'Variable',
    'Function',
    'Class',
    'Interface',
    'Method',
    'Accessor',
    'TypeAlias',
  ],
  packagesRequiringDocumentation: packages.map((name) => `@latchkey/${name}`),
  treatWarningsAsErrors: true,
};
