/** @jest-config-loader esbuild-register */
import { relative, sep } from 'node:path';
import type { Config } from 'jest';

// Published as ES modules only, which Jest can require by itself from Node 24.9 on: compiled like our own files.
const esm = ['@nestjs', 'jose', 'oidc-provider'];

// Nx runs the tests of a package in its folder. There the gate counts what they reach of its sources.
const [folder, name] = relative(__dirname, process.cwd()).split(sep);
const counted: Config =
  process.env.CI && folder === 'packages' && name !== undefined
    ? {
        collectCoverage: true,
        collectCoverageFrom: [`packages/${name}/src/**/*.ts`, '!**/*.spec.ts', '!**/index.ts'],
        coverageDirectory: `<rootDir>/coverage/${name}`,
        coverageReporters: ['lcovonly', 'text-summary'],
        coverageThreshold: { global: { branches: name === 'core' ? 95 : 90 } },
      }
    : {};

const config: Config = {
  ...counted,
  testEnvironment: 'node',
  // No test waits for time to pass: this ends what hangs, also on a machine with much else to do.
  testTimeout: 60_000,
  testMatch: ['**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.nx/'],
  reporters: ['default', '<rootDir>/scripts/no-skips.mjs'],
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
