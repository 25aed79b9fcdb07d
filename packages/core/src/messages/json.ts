import { ResponseError, show } from '../errors.js';

/** Objects and arrays may stand this deep in each other, the message itself included (RULES 7.3). */
const maxDepth = 32;

/** Parses JSON text of at most `maxBytes`; what comes back has not been looked at yet. */
export function parseJson(text: string, maxBytes: number, name: string): unknown {
  if (Buffer.byteLength(text) > maxBytes)
    throw new ResponseError('message_too_large', `${name}: expected at most ${maxBytes} bytes of JSON.`);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a token.
    throw new ResponseError('invalid_message', `${name}: expected JSON, came ${text.length} characters that are none.`);
  }
}

/** The message's own object: what `fromJson` and `of` take. */
export function jsonObject(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ResponseError('invalid_message', `${name}: expected a JSON object, came ${kindOf(value)}.`);
  }
  if (Object.hasOwn(value, '__proto__')) refuse(name, 'no member named __proto__');
  return value as Readonly<Record<string, unknown>>;
}

/**
 * Copies a JSON value, so that nobody else holds it: objects get no prototype, an own `__proto__` is refused at any depth,
 * and what JSON cannot say (functions, NaN, cycles) is refused too. Frozen all the way down when asked.
 */
export function copyJson(value: unknown, name: string, frozen: boolean, depth = 2): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : refuse(name, 'finite numbers'); // -0 becomes 0, as JSON writes it
  if (typeof value !== 'object') return refuse(name, `JSON values, came ${kindOf(value)}`);
  if (depth > maxDepth) return refuse(name, `at most ${maxDepth} levels`);
  const copy = Array.isArray(value)
    ? value.map((item) => copyJson(item, name, frozen, depth + 1))
    : copyMembers(value, (item) => copyJson(item, name, frozen, depth + 1), name);
  return frozen ? Object.freeze(copy) : copy;
}

function copyMembers(object: object, copy: (value: unknown) => unknown, name: string): Record<string, unknown> {
  const members = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(object)) {
    if (key === '__proto__') refuse(name, 'no member named __proto__');
    if (value !== undefined) members[key] = copy(value);
  }
  return members;
}

function refuse(name: string, expected: string): never {
  throw new ResponseError('invalid_message', `${name}: expected ${expected}.`);
}

/** What a value is, without what it holds: safe for secrets. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

// These members hold, or may hold, what gives access, or what binds a login or a session: named, never shown (RULES 8.1).
const secret =
  /(^|_)(state|nonce|sid|jti|code|token|secret|password|verifier|assertion|hash|hint|request|ath|keys?)(_|$)/;

/** What came for a member: its value where that is harmless, else its kind alone. */
export function showMember(name: string, value: unknown): string {
  return secret.test(name) || (typeof value === 'object' && value !== null) ? kindOf(value) : show(value);
}
