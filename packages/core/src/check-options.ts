import type { ValidationError } from 'class-validator';
import { ValidateBy, ValidateNested, validateSync } from './class-parts.js';
import { ConfigurationError, show } from './errors.js';

/** A class of options: its members are decorated with what they have to be, its defaults are its initial values. */
export type OptionsClass<T extends object> = new () => T;

const nested = new WeakMap<object, Map<string, OptionsClass<object>>>();
const secret = new WeakMap<object, Set<string>>();

/** Passes when the predicate does; the text says what is expected. */
export function Is(expected: string, passes: (value: unknown) => boolean): PropertyDecorator {
  return ValidateBy({ name: 'is', validator: { validate: passes } }, { message: expected });
}

/** A whole number of a unit, within bounds. */
export function Whole(unit: string, min = 1, max = Number.MAX_SAFE_INTEGER): PropertyDecorator {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`;
  return Is(
    `a whole number of ${unit}, ${bounds}`,
    (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
  );
}

export function Flag(): PropertyDecorator {
  return Is('true or false', (value) => typeof value === 'boolean');
}

export function Text(): PropertyDecorator {
  return Is('a text that is not empty', isText);
}

/** A list that holds something, each entry of which passes. */
export function List(of: string, passes: (value: unknown) => boolean = isText): PropertyDecorator {
  return Is(`a list of ${of}`, (value) => Array.isArray(value) && value.length > 0 && value.every(passes));
}

/** An object that has these methods. */
export function With(what: string, ...methods: readonly string[]): PropertyDecorator {
  return Is(what, (value) => isObject(value) && methods.every((name) => typeof value[name] === 'function'));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Marks an option that is a group of options, checked by a class of its own. */
export function Group(type: OptionsClass<object>): PropertyDecorator {
  return (prototype, name) => {
    nested.set(prototype, (nested.get(prototype) ?? new Map<string, OptionsClass<object>>()).set(String(name), type));
    ValidateNested()(prototype, name);
  };
}

/** Marks an option whose value is never shown, whatever is wrong with it. */
export function Secret(): PropertyDecorator {
  return (prototype, name) => {
    secret.set(prototype, (secret.get(prototype) ?? new Set<string>()).add(String(name)));
  };
}

/**
 * Checks options once, at construction. The message of each constraint says what is expected; the failure adds
 * the option's whole name and what came. Unknown options are failures.
 * @throws ConfigurationError `invalid_option`
 */
export function checkOptions<T extends object>(type: OptionsClass<T>, given: unknown, path = ''): T {
  if (!isObject(given)) {
    const what = path === '' ? 'The options' : `Option ${path.replace(/\.$/, '')}`;
    throw new ConfigurationError('invalid_option', `${what}: expected an object, came ${show(given)}.`);
  }
  const options = new type();
  for (const [name, value] of Object.entries(given)) {
    // `constructor` would hide the class, by which its constraints are found, and `__proto__` nobody would look at.
    if (name in Object.prototype) throw unknown(path + name);
    if (value === undefined) continue;
    const group = inherited(type, (prototype) => nested.get(prototype)?.get(name));
    Object.defineProperty(options, name, {
      value: group ? checkOptions(group, value, `${path}${name}.`) : (value as unknown),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  const [first] = validateSync(options, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false,
    stopAtFirstError: true,
  });
  if (first) throw failureOf(first, type, path);
  return options;
}

/** What was said of a class, or of one that it extends. */
function inherited<T>(type: OptionsClass<object>, said: (prototype: object) => T | undefined): T | undefined {
  for (let at = type.prototype as object | null; at; at = Object.getPrototypeOf(at) as object | null) {
    const found = said(at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function failureOf(error: ValidationError, type: OptionsClass<object>, path: string): ConfigurationError {
  const name = `${path}${error.property}`;
  const constraints = error.constraints ?? {};
  if ('whitelistValidation' in constraints) return unknown(name);
  const value: unknown = error.value;
  const came = inherited(type, (prototype) => secret.get(prototype)?.has(error.property))
    ? describe(value)
    : shown(value);
  return new ConfigurationError(
    'invalid_option',
    `Option ${name}: expected ${Object.values(constraints)[0] ?? 'another value'}, came ${came}.`,
  );
}

function unknown(name: string): ConfigurationError {
  return new ConfigurationError('invalid_option', `Option ${show(name).replace(/^"|"$/g, '')} is unknown.`);
}

/** A user and a password may stand in a URL. */
function shown(value: unknown): string {
  return show(typeof value === 'string' ? value.replace(/\/\/[^/]*@/, '//…@') : value);
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `a text of ${Buffer.byteLength(value)} bytes`;
  if (Array.isArray(value)) return `a list of ${value.map(describe).join(', ') || 'nothing'}`;
  return value === undefined ? 'nothing' : `a value of type ${typeof value}`;
}
