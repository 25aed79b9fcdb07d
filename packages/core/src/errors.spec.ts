import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  ConfigurationError,
  DeniedError,
  errorCodes,
  OidcError,
  ResponseError,
  show,
  UnavailableError,
} from './errors.js';

const cycle: { self?: unknown } = {};
cycle.self = cycle;

describe('show', () => {
  it.each([
    ['a text', 'a', '"a"'],
    ['quotes', 'a"b', '"a\\"b"'],
    ['nothing', undefined, 'nothing'],
    ['null', null, 'null'],
    ['a list', ['a', 1], '["a",1]'],
    ['line ends', 'a\r\nb', '"a\\r\\nb"'],
    ['the escape of a terminal', '\u001b[31m', '"\\u001b[31m"'],
    ['delete', '\u007f', '"\\u007f"'],
    ['control characters beyond ASCII', '\u0085\u009b', '"\\u0085\\u009b"'],
    ['line separators', '\u2028\u2029', '"\\u2028\\u2029"'],
    ['half a character', '\ud800', '"\\ud800"'],
    ['what JSON does not have', () => 1, 'function'],
    ['what JSON cannot say', 1n, 'bigint'],
    ['a cycle', cycle, 'object'],
  ])('[RULE 8.1] shows %s', (_what, value, shown) => expect(show(value)).toBe(shown));

  it.each([
    ['79 characters and their quotes', 'x'.repeat(78), 80],
    ['one more', 'x'.repeat(79), 80],
    ['many', 'x'.repeat(100_000), 80],
    ['many that are escaped', '\u2028'.repeat(1000), 80],
  ])('[RULE 8.1] cuts at 80: %s', (_what, value, length) => expect(show(value)).toHaveLength(length));

  it('[RULE 8.1] shows that it cut', () => {
    expect(show('x'.repeat(78))).not.toContain('…');
    expect(show('x'.repeat(79))).toMatch(/…$/);
  });
});

describe('the kinds of error', () => {
  it.each([
    ['ConfigurationError', new ConfigurationError('invalid_option', 'm'), 500],
    ['ResponseError', new ResponseError('invalid_message', 'm'), 400],
    ['DeniedError', new DeniedError('login_refused', 'm'), 403],
    ['UnavailableError', new UnavailableError('op_unreachable', 'm'), 503],
  ])('[R93] %s has a code, a status, a message and a public message', (name, error, status) => {
    expect(error).toBeInstanceOf(OidcError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name, status, message: 'm' });
    expect(error.publicMessage).toMatch(/^[A-Z].+\.$/);
    expect(error.publicMessage).not.toContain('m"');
  });

  it('says of every code what it means, in order', () => {
    const source = readFileSync(join(__dirname, 'error-codes.ts'), 'utf8');
    const listed = [...source.matchAll(/^ \* - `(\w+)`: \S/gm)].map((match) => match[1]);
    expect(listed).toEqual(Object.values(errorCodes).flat());
  });

  it('[R93] no code stands in two kinds', () => {
    const codes = Object.values(errorCodes).flat();
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('[R73] what is unavailable is always 503 and says when to come again', () => {
    expect(new UnavailableError('op_unreachable', 'm')).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
    expect(new UnavailableError('store_full', 'm', { retryAfter: 30 }).headers).toEqual({ 'Retry-After': '30' });
  });

  it('the headers of an error cannot be changed', () => {
    expect(Object.isFrozen(new UnavailableError('op_unreachable', 'm').headers)).toBe(true);
  });
});

describe('[R93] [RULE 8.1] the cause keeps code and message alone', () => {
  const withHeaders = Object.assign(new Error('connect failed'), {
    code: 'ECONNREFUSED',
    request: { headers: { authorization: 'Basic c2VjcmV0' } },
  });

  it.each([
    ['an error with a code', withHeaders, { code: 'ECONNREFUSED', message: 'connect failed' }],
    ['an error without', new Error('m'), { message: 'm' }],
    ['a code that is no text', Object.assign(new Error('m'), { code: { secret: 1 } }), { message: 'm' }],
    ['a cause of a cause', new Error('m', { cause: withHeaders }), { message: 'm' }],
    ['what is no error', { secret: 'c2VjcmV0' }, { message: 'unknown' }],
    ['a text', 'c2VjcmV0', { message: 'unknown' }],
  ])('%s', (_what, cause, kept) => {
    const error = new UnavailableError('op_unreachable', 'm', { cause });
    expect(error.cause).toEqual(kept);
    expect(inspect(error, { depth: 9 })).not.toContain('c2VjcmV0');
  });

  it('nothing, where there was none', () => expect('cause' in new ResponseError('invalid_message', 'm')).toBe(false));
});
