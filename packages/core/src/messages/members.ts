import {
  ArrayMinSize,
  IsArray,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  Transform,
  ValidateBy,
} from '../class-parts.js';
import type { ValidationOptions } from 'class-validator';

// What a member may hold: class-validator's own constraints, put together and named once, and how the value travels where
// that is not plainly JSON. The Transforms do for Nest's ValidationPipe what the codecs do by `wireOf`.

/** How a member's value differs between the wire and the message. */
export type Wire = 'list' | 'number' | 'repeatable' | 'single' | 'seconds' | 'date';

const wires = new WeakMap<object, ReadonlyMap<string, Wire>>();

/** The wire forms that a class and its parents declare, by member. */
export function wiresOf(prototype: object | null): ReadonlyMap<string, Wire> {
  if (prototype === null) return new Map();
  return new Map([...wiresOf(Object.getPrototypeOf(prototype) as object | null), ...(wires.get(prototype) ?? [])]);
}

function travels(wire: Wire): PropertyDecorator {
  return (target, name) => void wires.set(target, new Map(wires.get(target)).set(String(name), wire));
}

function all(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, name) => decorators.forEach((decorate) => decorate(target, name));
}

/** Reads what came, not what the pipe's `enableImplicitConversion` made of it: that takes `+5` for 5, and '' for 0. */
function transform(read: (value: unknown) => unknown): PropertyDecorator {
  return Transform(({ obj, key }) => read((obj as Record<string, unknown>)[key]), { toClassOnly: true });
}

/** A text parameter of a query or form message; without a value it is as if omitted (RFC 6749 section 3.1). */
export function Parameter(): PropertyDecorator {
  return all(
    IsString(),
    IsNotEmpty(),
    transform((value) => (value === '' ? undefined : value)),
  );
}

/** A space-delimited list: one parameter on the wire, `prompt=login consent`, a list of strings in the message. */
export function SpaceDelimited(): PropertyDecorator {
  const item = 'each value in $property must be text without spaces';
  // A list that comes from a query is a parameter that came twice; nested, it fails as a value that is no text.
  const read = (value: unknown): unknown =>
    typeof value === 'string' ? readList(value) : Array.isArray(value) ? [value] : value;
  return all(
    travels('list'),
    IsArray(),
    ArrayMinSize(1),
    Matches(/^[^ ]+$/, { each: true, message: item }),
    transform(read),
  );
}

/** A parameter that may come more than once: text, or a list of at least two (RFC 8707 section 2). */
export function Repeatable(): PropertyDecorator {
  const given = (value: unknown): unknown => value !== '';
  const read = (value: unknown): unknown => {
    if (!Array.isArray(value)) return given(value) ? value : undefined;
    const items = (value as unknown[]).filter(given);
    return items.length > 1 ? items : items[0];
  };
  return all(travels('repeatable'), TextOrList(), transform(read));
}

/** A single value on the wire that some write as a list of one (OIDC Core 3.1.2.1, `display`); two with a space between are two. */
export function Single(): PropertyDecorator {
  const isSingle = (value: unknown): boolean => typeof value === 'string' && !value.includes(' ');
  return all(travels('single'), Parameter(), check('isSingle', 'one value, without spaces', isSingle));
}

/** A whole number in a query or form message, such as `max_age=3600`; `1h`, `+5` and `1.0` are none. */
export function WholeParameter(): PropertyDecorator {
  return all(
    travels('number'),
    Whole(),
    transform((value) => (value === '' ? undefined : wholeOf(value))),
  );
}

/** A whole number from 0 on. */
export function Whole(): PropertyDecorator {
  return all(IsInt(), Min(0), Max(Number.MAX_SAFE_INTEGER));
}

/** `expires_in` of a JSON answer: whole seconds; real OPs send `"3600"` too. */
export function ExpiresIn(): PropertyDecorator {
  return all(travels('seconds'), Whole(), transform(wholeOf));
}

/** A point in time in seconds: fractions are read as they are (RFC 7519 section 2), whole seconds are written. */
export function NumericDate(): PropertyDecorator {
  return all(travels('date'), IsNumber(), Min(0), Max(253402300799));
}

/** A list of strings in JSON. */
export function StringList(): PropertyDecorator {
  return all(IsArray(), IsString({ each: true }));
}

/** 1 to 255 characters: `sub`, `jti`, error codes (RULES 5.5). */
export function ShortText(): PropertyDecorator {
  return Length(1, 255, { message: '$property must be a string of 1 to 255 characters' });
}

/** A string or a list of strings, as `aud` is (RFC 7519 section 4.1.3). */
export function TextOrList(): PropertyDecorator {
  return check(
    'isTextOrList',
    'a string or a list of strings',
    (value) => typeof value === 'string' || isTextList(value),
  );
}

/** An object whose values are all strings. */
export function StringMap(): PropertyDecorator {
  return check(
    'isStringMap',
    'an object of strings',
    (value) => isObject(value) && Object.values(value).every((item) => typeof item === 'string'),
  );
}

/** A member that must not be there. */
export function Forbidden(): PropertyDecorator {
  return check('isForbidden', 'absent', (value) => value === undefined);
}

/** A constraint of ours, in class-validator's terms. */
export function check(
  name: string,
  expected: string,
  validate: (value: unknown) => boolean,
  options?: ValidationOptions,
): PropertyDecorator {
  return ValidateBy({ name, validator: { validate, defaultMessage: () => `$property must be ${expected}` } }, options);
}

/** A JSON object, neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function readList(text: string): readonly string[] | undefined {
  const items = text.split(' ').filter((item) => item !== '');
  return items.length > 0 ? items : undefined;
}

/** The number that the digits say; anything else stays text and fails as such. */
function readWhole(text: string): number | string {
  return /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : text;
}

function wholeOf(value: unknown): unknown {
  return typeof value === 'string' ? readWhole(value) : value;
}

/** From the text of a parameter to the member's value. */
export function fromText(wire: Wire | undefined, value: string | string[]): unknown {
  if (typeof value !== 'string') return value;
  if (wire === 'list') return readList(value);
  return wire === 'number' ? readWhole(value) : value;
}

/** From a JSON value to the member's: the few forms that mean the same become one. */
export function fromJsonValue(wire: Wire | undefined, value: unknown): unknown {
  if (wire === 'seconds') return wholeOf(value);
  if (!Array.isArray(value) || value.length > 1) return value;
  if (wire === 'list' && value.length === 0) return undefined; // an empty list is left out
  return (wire === 'repeatable' || wire === 'single') && value.length === 1 ? (value[0] as unknown) : value;
}
