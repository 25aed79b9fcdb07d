import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

it('is NestJS 11 that the specs here run against', () => {
  const { version } = JSON.parse(
    readFileSync(join(dirname(require.resolve('@nestjs/core')), 'package.json'), 'utf8'),
  ) as { version: string };
  expect(version).toMatch(/^11\./);
});
