import { IsString, validateSync } from 'class-validator';
import { NotBeside, Optional, RequiredWhen } from './optional.js';

class Holder {
  @Optional() @IsString() first?: unknown;
  @RequiredWhen<Holder>(({ first }) => (first === 'all' ? 'first is all' : undefined)) @IsString() second?: unknown;
}
const problems = (members: object): string[] =>
  validateSync(Object.assign(new Holder(), members)).flatMap(({ constraints }) => Object.values(constraints ?? {}));

it('lets a member be absent, and takes null for a value', () => {
  expect(problems({})).toEqual([]);
  expect(problems({ first: undefined })).toEqual([]);
  expect(problems({ first: null })).toEqual(['first must be a string']);
});

it('requires a member when there is a reason, and says it', () => {
  expect(problems({ first: 'all' })).toContain('second is required when first is all');
  expect(problems({ first: 'all', second: 'x' })).toEqual([]);
  expect(problems({ second: null })).toEqual(['second must be a string']);
});

it('lets a member stand alone', () => {
  class Pair {
    @Optional() left?: unknown;
    @Optional() @NotBeside<Pair>('left') right?: unknown;
  }
  expect(validateSync(Object.assign(new Pair(), { right: 1 }))).toEqual([]);
  expect(validateSync(Object.assign(new Pair(), { left: 1, right: 1 }))[0]?.constraints).toEqual({
    isAlone: 'right must not stand beside left',
  });
});
