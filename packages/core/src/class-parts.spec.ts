import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as parts from './class-parts.js';

const all = {
  ...jest.requireActual<typeof import('class-validator')>('class-validator'),
  ...jest.requireActual<typeof import('class-transformer')>('class-transformer'),
};
const { validateSync: ours, ...same } = parts;

it.each(Object.entries(same))('%s is the very one of its index', (name, part) => {
  expect(part).toBe(all[name as keyof typeof all]);
});

it('validateSync comes to the same as that of the index', () => {
  class Subject {
    name: unknown;
    constructor(name: unknown) {
      this.name = name;
    }
  }
  all.IsString()(Subject.prototype, 'name');
  for (const name of ['text', 5, undefined]) {
    const options = { forbidUnknownValues: false };
    expect(ours(new Subject(name), options)).toEqual(all.validateSync(new Subject(name), options));
  }
  expect(ours(new Subject(5))).toHaveLength(1);
});

it('nothing else here loads an index', () => {
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!spec|\.d)\.ts$/.test(file),
  );
  expect(files.length).toBeGreaterThan(100);
  const loading = files.filter((file) =>
    /^import (?!type )[^;]*'class-(validator|transformer)'/m.test(readFileSync(join(__dirname, file), 'utf8')),
  );
  expect(loading).toEqual([]);
});
