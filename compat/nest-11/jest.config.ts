/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';
import shared from '../../jest.config.ts';

// The same specs, with NestJS 11 wherever they or our sources say @nestjs.
const config: Config = {
  ...shared,
  rootDir: '../..',
  testMatch: [
    '<rootDir>/packages/nestjs/**/*.spec.ts',
    '<rootDir>/packages/passport/src/auth-guard.spec.ts',
    '<rootDir>/checks/src/nest-pipe.spec.ts',
    '<rootDir>/compat/nest-11/*.check.ts',
  ],
  moduleNameMapper: {
    '^@nestjs/(.*)$': '<rootDir>/compat/nest-11/node_modules/@nestjs/$1',
    ...shared.moduleNameMapper,
  },
};

export default config;
