import { IsString } from 'class-validator';
import { failuresOf } from './failures.js';

it('names each member that fails, with what it must be', () => {
  class Holder {
    @IsString() first?: unknown = 5;
    @IsString() second?: unknown = 'x';
  }
  expect(failuresOf(new Holder())).toEqual([{ member: 'first', problems: { isString: 'first must be a string' } }]);
});

it('takes a class without constraints', () => {
  expect(failuresOf(new (class {})())).toEqual([]);
});
