import 'reflect-metadata'; // what a pipe that converts asks for types
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import {
  ExpiresIn,
  Forbidden,
  fromJsonValue,
  fromText,
  NumericDate,
  Parameter,
  Repeatable,
  ShortText,
} from './members.js';
import {
  Single,
  SpaceDelimited,
  StringList,
  StringMap,
  TextOrList,
  Whole,
  WholeParameter,
  wiresOf,
} from './members.js';

const decorators = {
  ExpiresIn,
  Forbidden,
  NumericDate,
  Parameter,
  Repeatable,
  ShortText,
  Single,
  SpaceDelimited,
  StringList,
  StringMap,
  TextOrList,
  Whole,
  WholeParameter,
};

function holds(decorate: () => PropertyDecorator, value: unknown): boolean {
  class Holder {
    member = value;
  }
  decorate()(Holder.prototype, 'member');
  return validateSync(new Holder()).length === 0;
}

it.each<[keyof typeof decorators, unknown[], unknown[]]>([
  ['Parameter', ['a', ' '], ['', 5, null, ['a'], undefined]],
  ['SpaceDelimited', [['a', 'b']], [[], ['a b'], [''], 'a', [5], null]],
  ['Repeatable', ['a', ['a', 'b']], [5, [5], null, {}]],
  ['Single', ['page'], ['', 'page popup', ' page', ['page'], 5]],
  ['WholeParameter', [0, 3600], [-1, 1.5, '1', NaN, Number.MAX_SAFE_INTEGER + 1, null]],
  ['Whole', [0, 3600], [-1, 1.5, '1', Infinity]],
  ['ExpiresIn', [0, 3600], ['3600', -1]],
  ['NumericDate', [0, 1.5, 253402300799], [-1, 253402300800, '1', NaN, Infinity, null]],
  ['StringList', [[], ['a', '']], ['a', [1], null, {}]],
  ['ShortText', ['a', 'a'.repeat(255)], ['', 'a'.repeat(256), 5, null]],
  ['TextOrList', ['', 'a', [], ['a']], [5, [5], null, {}]],
  ['StringMap', [{}, { a: 'b' }], [[], { a: 1 }, null, 'a']],
  ['Forbidden', [undefined], [null, '', 0]],
])('%s holds what it must, and nothing else', (name, good, bad) => {
  for (const value of good) expect([value, holds(decorators[name], value)]).toEqual([value, true]);
  for (const value of bad) expect([value, holds(decorators[name], value)]).toEqual([value, false]);
});

it.each([
  ['list', 'a b', ['a', 'b']],
  ['list', ' a  b ', ['a', 'b']],
  ['list', ' ', undefined],
  ['number', '0', 0],
  ['number', '3600', 3600],
  ['number', '1h', '1h'],
  ['number', '+5', '+5'],
  ['number', '01', '01'],
  ['number', '1e3', '1e3'],
  ['number', '1'.repeat(17), '1'.repeat(17)],
  [undefined, '5', '5'],
] as const)('fromText reads a %p from %p', (wire, text, value) => {
  expect(fromText(wire, text)).toEqual(value);
});

it.each([
  ['list', [], undefined],
  ['list', ['a'], ['a']],
  ['single', ['page'], 'page'],
  ['single', ['page', 'popup'], ['page', 'popup']],
  ['repeatable', ['a'], 'a'],
  ['repeatable', ['a', 'b'], ['a', 'b']],
  ['seconds', '60', 60],
  ['seconds', 'x', 'x'],
  ['number', '60', '60'],
  [undefined, ['a'], ['a']],
] as const)('fromJsonValue makes of a %p %p', (wire, value, made) => {
  expect(fromJsonValue(wire, value)).toEqual(made);
});

it("does for Nest's pipe what the codecs do for themselves", () => {
  class Parent {
    @Parameter() text?: unknown;
    @SpaceDelimited() list?: unknown;
  }
  class Child extends Parent {
    @WholeParameter() number?: unknown;
  }
  expect({ ...plainToInstance(Child, { text: '', list: 'a b', number: '5' }) }).toEqual({
    text: undefined,
    list: ['a', 'b'],
    number: 5,
  });
  // A parameter that came twice is a list of texts in the parser's answer; it must not pass for a list of ours.
  const twice = plainToInstance(Child, { text: 'a', list: ['a', 'b'], number: ['5', '6'] });
  expect(
    validateSync(twice)
      .map(({ property }) => property)
      .sort(),
  ).toEqual(['list', 'number']);
  expect([...wiresOf(Child.prototype)]).toEqual([
    ['list', 'list'],
    ['number', 'number'],
  ]);
});

it.each([
  ['a number without a value', { number: '' }, {}],
  ['a number with a sign', { number: '+5' }, { number: '+5' }],
  ['a repeatable parameter', { many: 'a' }, { many: 'a' }],
  ['a repeatable parameter without a value', { many: '' }, {}],
  ['a repeatable parameter that came twice', { many: ['a', 'b'] }, { many: ['a', 'b'] }],
  ['a repeatable parameter of which one has a value', { many: ['', 'a'] }, { many: 'a' }],
  ['a repeatable parameter of which none has a value', { many: ['', ''] }, {}],
  ['seconds as text', { seconds: '3600' }, { seconds: 3600 }],
  ['seconds as a number', { seconds: 3600 }, { seconds: 3600 }],
  ['seconds in words', { seconds: '1h' }, { seconds: '1h' }],
])("reads %s for Nest's pipe from what came, whatever the pipe converts", (_what, plain, made) => {
  class Message {
    @WholeParameter() number?: number;
    @Repeatable() many?: string | readonly string[];
    @ExpiresIn() seconds?: number;
  }
  for (const enableImplicitConversion of [false, true])
    expect({ ...plainToInstance(Message, plain, { enableImplicitConversion }) }).toEqual(made);
});
