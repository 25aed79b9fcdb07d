import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

// class-validator's IsOptional lets null pass; ours does not.
const isOptional = {
  name: 'class-validator',
  importNames: ['IsOptional'],
  message: 'Use Optional() of core/src/messages/optional.ts: null is not absent.',
};
const only = (message, regex) => ({ regex, message });

// A rule set later for the same file replaces the earlier one whole, so each repeats what holds everywhere.
// Dynamic imports are not seen here; checks/src/architecture.spec.ts reads those too.
const imports = (...patterns) => ({ 'no-restricted-imports': ['error', { paths: [isOptional], patterns }] });
const inside = only(
  'Import a package by its name alone: its index is its API.',
  '^@latchkey/[^/]+/(?!package\\.json$)|^(\\.\\./)+[^/.][^/]*/(src|dist)(/|$)',
);
const noFramework = only(
  'Core knows no framework and no package above it.',
  '^(@nestjs|@fastify|express|express4|fastify|passport[^/]*|koa|hono|redis|oidc-provider)(/|$)|^@latchkey/',
);
const adapter = (own) =>
  only(
    'An adapter leans on core and on its own framework.',
    `^@latchkey/(?!core$)|^(?!(${own})(/|$))(@nestjs|@fastify|express|express4|fastify|passport[^/]*|koa|hono)(/|$)`,
  );

export default defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/coverage/**', '.nx/**', 'docs/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    // Time stays linear in what comes from outside: no expression may backtrack over it, or begin anew at each of its places.
    // One that is sticky begins at no place but its own; whoever writes it looks to it that it moves on.
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false, ignoreSticky: true }],
      'regexp/no-contradiction-with-assertion': 'error',
      'regexp/no-dupe-disjunctions': 'error',
      'regexp/no-misleading-capturing-group': 'error',
      'regexp/no-missing-g-flag': 'error',
      'regexp/no-useless-assertions': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50, skipComments: true, skipBlankLines: true }],
      'max-params': ['error', 4],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-namespace': ['error', { allowDeclarations: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      ...imports(inside),
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
    },
  },
  { files: ['packages/core/src/**/*.ts'], rules: imports(inside, noFramework) },
  { files: ['packages/express/src/**/*.ts'], rules: imports(inside, adapter('express')) },
  { files: ['packages/nestjs/src/**/*.ts'], rules: imports(inside, adapter('@nestjs')) },
  { files: ['packages/opentelemetry/src/**/*.ts'], rules: imports(inside, adapter('@opentelemetry')) },
  { files: ['packages/passport/src/**/*.ts'], rules: imports(inside, adapter('passport')) },
  {
    files: ['packages/redis/src/**/*.ts'],
    rules: imports(inside, only('Only core is below this package.', '^@latchkey/(?!core$)')),
  },
  {
    files: [
      '**/*.spec.ts',
      'packages/*/test/**/*.ts',
      'checks/**/*.ts',
      'conformance/**/*.ts',
      'endurance/**/*.ts',
      'examples/*/test/**/*.ts',
    ],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      // Test support of one package serves the specs of another, by path: it is in no package's index.
      ...imports(only('Import a package by its name alone.', '^@latchkey/[^/]+/(?!package\\.json$)')),
    },
  },
  {
    files: ['**/*.mjs'],
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', fetch: 'readonly' } },
  },
);
