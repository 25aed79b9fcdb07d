import {
  Allow,
  IsDefined,
  IsIn,
  IsNumber,
  IsString,
  Length,
  MinLength,
  Validate,
  ValidateBy,
  ValidateNested,
  ValidatePromise,
  ValidatorConstraint,
  validateSync,
} from 'class-validator';
import { compileValidator } from './compiled-validator.js';

// Classes that no message is, but that somebody may make one like; what each member must be judged on.
class Nested {
  @IsString() name?: unknown;
}
class WithNested {
  @IsString() name?: unknown;
  @ValidateNested() nested = Object.assign(new Nested(), { name: 5 });
}
const even = ValidateBy({
  name: 'isString',
  validator: { validate: (value) => Number(value) % 2 === 0, defaultMessage: () => '$property must be even' },
});
const silent = ValidateBy({ name: 'isInt', validator: { validate: (value) => value === 7 } });
class Odd {
  @even impostor: unknown;
  @silent mute: unknown;
  @IsDefined() defined: unknown;
  @IsNumber({ allowNaN: true, maxDecimalPlaces: 1 }) decimal: unknown;
  @IsString({ each: true }) each: unknown;
  @Length(2, 3) length: unknown;
  @IsIn(['a', 'b']) choice: unknown;
  @IsString({ validateIf: (_message, value) => value !== 'skip' && value !== 5 }) when: unknown;
  @IsString({ groups: ['never'] }) group: unknown;
  @IsString({ message: 'own words' }) words: unknown;
  @Allow() free: unknown;
  @IsString() @MinLength(3) both: unknown;
}
const good = {
  impostor: 2,
  mute: 7,
  defined: 0,
  decimal: 1.5,
  each: ['a'],
  length: 'ab',
  choice: 'a',
  when: 5,
  group: 'a',
  words: 'a',
  free: 1,
  both: 'abc',
};

function same(type: new () => object, members: object): readonly string[] {
  const message = Object.assign(new type(), members);
  const expected = validateSync(message, { forbidUnknownValues: false }).map(({ property }) => property);
  expect(compileValidator(type)(message)).toEqual(expected);
  return expected;
}

it('accepts what class-validator accepts', () => {
  expect(same(Odd, good)).toEqual([]);
});

it.each<[keyof typeof good, unknown]>([
  ['impostor', 'text'],
  ['impostor', 3],
  ['mute', 8],
  ['defined', null],
  ['decimal', 1.25],
  ['decimal', Infinity],
  ['each', ['a', 1]],
  ['each', new Set(['a', 1])],
  ['each', new Map([['a', 1]])],
  ['each', 5],
  ['length', 'a'],
  ['length', 'abcd'],
  ['choice', 'c'],
  ['when', 6],
  ['group', 5],
  ['words', 5],
  ['both', 'ab'],
  ['both', 5],
])('refuses as class-validator does: %s as %p', (member, value) => {
  expect(same(Odd, { ...good, [member]: value })).toEqual([member]);
});

it.each<[keyof typeof good, unknown]>([
  ['decimal', NaN],
  ['each', new Set(['a'])],
  ['each', new Map([['a', 'b']])],
  ['each', []],
  ['each', new String('a')],
  ['length', '\u{1f600}\u{1f600}\u{1f600}'],
  ['when', 'skip'],
])('accepts as class-validator does: %s as %p', (member, value) => {
  expect(same(Odd, { ...good, [member]: value })).toEqual([]);
});

it('names all that fail, in order', () => {
  expect(same(Odd, { ...good, both: 1, impostor: 1, choice: 1 })).toEqual(['impostor', 'choice', 'both']);
});

it('leaves nested and asynchronous constraints to class-validator', () => {
  expect(same(WithNested, { name: 'a' })).toEqual(['nested']);
  @ValidatorConstraint({ async: true })
  class Later {
    validate(): Promise<boolean> {
      return Promise.resolve(false);
    }
  }
  class WithLater {
    @Validate(Later) @IsString() later: unknown;
  }
  expect(same(WithLater, { later: 5 })).toEqual(['later']);
  class WithPromise {
    @ValidatePromise() @IsString() promised: unknown;
  }
  expect(same(WithPromise, { promised: 5 })).toEqual(['promised']);
});

it('compiles a class without constraints', () => {
  expect(same(class {}, { a: 1 })).toEqual([]);
});
