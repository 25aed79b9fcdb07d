/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

// Published as ES modules only, which Jest can require by itself from Node 24.9 on: compiled like our own files.
const esm = ['@nestjs', 'jose', 'oidc-provider'];

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.nx/'],
  reporters: ['default', '<rootDir>/scripts/no-skips.mjs'],
  coverageDirectory: '<rootDir>/coverage',
  collectCoverageFrom: ['packages/*/src/**/*.ts', '!**/*.spec.ts', '!**/index.ts'],
  moduleNameMapper: {
    // Sources say './x.js', as Node wants it. The mapper reaches into node_modules too, where that file is a .js.
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'],
    '^@latchkey/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
  },
  transform: {
    '^.+\\.[cm]?[tj]s$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          // The same as in tsconfig.base.json: decorated fields must not be defined anew by the class.
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esm.join('|')})/)`],
};

export default config;
