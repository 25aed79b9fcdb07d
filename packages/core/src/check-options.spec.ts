import { Optional } from './messages/optional.js';
import { checkOptions, Flag, Group, Is, List, Secret, Text, Whole, With } from './check-options.js';
import { ConfigurationError } from './errors.js';

class Inner {
  @Whole('seconds', 1, 60) life!: number;
  @Secret() @Optional() @Is('a text of four letters', (value) => /^\w{4}$/.test(String(value))) pin?: string;
}

class Options {
  @Text() name!: string;
  @Optional() @Whole('seconds') wait?: number;
  @Optional() @Flag() strict?: boolean;
  @Optional() @List('texts') others?: readonly string[];
  @Optional() @With('a clock', 'now') clock?: { now: () => number };
  @Secret() @Optional() @Text() secret?: string;
  @Optional() @Group(Inner) inner?: Inner;
}

function messageOf(given: unknown): string {
  try {
    checkOptions(Options, given);
  } catch (error) {
    if (error instanceof ConfigurationError && error.code === 'invalid_option') return error.message;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

it('returns an instance of the class with what was given', () => {
  const clock = { now: () => 0 };
  const options = checkOptions(Options, { name: 'a', wait: 1, clock, inner: { life: 5 } });
  expect(options).toBeInstanceOf(Options);
  expect(options.inner).toBeInstanceOf(Inner);
  expect(options).toEqual({ name: 'a', wait: 1, clock, inner: { life: 5 } });
});

it('takes undefined as left out', () => {
  expect(Object.keys(checkOptions(Options, { name: 'a', strict: undefined }))).toEqual(['name']);
});

it.each([
  ['nothing', undefined, 'The options: expected an object, came nothing.'],
  ['a list', [1], 'The options: expected an object, came [1].'],
  ['what is required and missing', {}, 'Option name: expected a text that is not empty, came nothing.'],
  ['an empty text', { name: '' }, 'Option name: expected a text that is not empty, came "".'],
  ['null', { name: 'a', strict: null }, 'Option strict: expected true or false, came null.'],
  ['a fraction', { name: 'a', wait: 1.5 }, 'Option wait: expected a whole number of seconds, 1 or more, came 1.5.'],
  [
    'a number in words',
    { name: 'a', wait: '5' },
    'Option wait: expected a whole number of seconds, 1 or more, came "5".',
  ],
  ['an empty list', { name: 'a', others: [] }, 'Option others: expected a list of texts, came [].'],
  ['a list with a hole', { name: 'a', others: ['b', ''] }, 'Option others: expected a list of texts, came ["b",""].'],
  ['a thing without its method', { name: 'a', clock: {} }, 'Option clock: expected a clock, came {}.'],
  ['a text for a group', { name: 'a', inner: 'x' }, 'Option inner: expected an object, came "x".'],
  [
    'what is wrong inside a group',
    { name: 'a', inner: { life: 61 } },
    'Option inner.life: expected a whole number of seconds, from 1 to 60, came 61.',
  ],
  ['an unknown option', { name: 'a', nmae: 'b' }, 'Option nmae is unknown.'],
  ['an unknown option inside a group', { name: 'a', inner: { life: 1, lief: 1 } }, 'Option inner.lief is unknown.'],
  ['a name that every object has', { name: 'a', constructor: 1 }, 'Option constructor is unknown.'],
])('[R96] refuses %s', (_what, given, message) => {
  expect(messageOf(given)).toBe(message);
});

it('[R94] refuses __proto__ as an option of its own, and lets it reach no prototype', () => {
  const given: unknown = JSON.parse('{"name":"a","__proto__":{"strict":true}}');
  expect(messageOf(given)).toBe('Option __proto__ is unknown.');
});

it('[R96] escapes the name of an unknown option, and cuts it', () => {
  expect(messageOf({ name: 'a', ['\n\u0007'.padEnd(200, 'x')]: 1 })).toMatch(/^Option \\n\\u0007x+… is unknown\.$/);
});

it.each([
  ['a text', 'hunter2hunter2', 'a text of 14 bytes'],
  ['a number', 12345678, 'a value of type number'],
  ['a list', ['hunter2', 5], 'a list of a text of 7 bytes, a value of type number'],
  ['an empty list', [], 'a list of nothing'],
])('[R96] never shows a secret, though it is %s', (_what, value, came) => {
  const wrong = { name: 'a', inner: { life: 1, pin: value } };
  expect(messageOf(wrong)).toBe(`Option inner.pin: expected a text of four letters, came ${came}.`);
});
