import { ResponseError, show } from '../errors.js';
import { kindOf } from './json.js';

/** Form and query parameters by name; a list only where a parameter may repeat and did. */
export type Parameters = ReadonlyMap<string, string | string[]>;

/** RULES 7.3. */
const maxParameters = 100;
const maxBytes = 64 * 1024;

// RFC 8707 section 2 and RFC 8693 section 2.1 let these come more than once; RFC 6749 section 3.1 forbids it for all others.
const repeatable = new Set(['resource', 'audience']);

/** Whether a parameter may come more than once; once, it is text like any other. */
export function isRepeatable(name: string): boolean {
  return repeatable.has(name);
}

/** The names in a text that may not be ours at all. */
export function namesIn(text: string, name: string): string[] {
  return text === '' ? [] : [...new URLSearchParams(`&${limited(text, name)}`).keys()];
}

/** Reads `application/x-www-form-urlencoded` text, or what a body parser made of it. */
export function readForm(body: unknown, name: string): Parameters {
  if (typeof body === 'string') return readText(body, name);
  if (body instanceof URLSearchParams) return collect(body, name);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ResponseError('invalid_message', `${name}: expected a form, came ${kindOf(body)}.`);
  }
  return collect(pairsOf(body, name), name);
}

/** Reads the text of a query, a fragment or a form. */
export function readText(text: string, name: string): Parameters {
  return collect(new URLSearchParams(`&${limited(text, name)}`), name); // the & keeps a leading "?" part of the first name
}

function limited(text: string, name: string): string {
  if (Buffer.byteLength(text) > maxBytes)
    throw new ResponseError('message_too_large', `${name}: expected at most ${maxBytes} bytes.`);
  return text;
}

function* pairsOf(body: object, name: string): Generator<[string, string]> {
  for (const [key, value] of Object.entries(body) as [string, unknown][]) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof item === 'string') yield [key, item];
      else if (item !== undefined)
        throw new ResponseError('invalid_message', `${name}: expected ${show(key)} to be text, came ${kindOf(item)}.`);
    }
  }
}

function collect(pairs: Iterable<[string, string]>, name: string): Parameters {
  const seen = new Set<string>();
  const parameters = new Map<string, string | string[]>();
  let count = 0;
  let size = 0;
  for (const [key, value] of pairs) {
    size += key.length + value.length;
    if (++count > maxParameters)
      throw new ResponseError('message_too_large', `${name}: expected at most ${maxParameters} parameters.`);
    if (size > maxBytes) throw new ResponseError('message_too_large', `${name}: expected at most ${maxBytes} bytes.`);
    if (seen.has(key) && !repeatable.has(key)) {
      throw new ResponseError(
        'duplicate_parameter',
        `${name}: expected every parameter once, came ${show(key)} twice.`,
      );
    }
    seen.add(key);
    if (value === '') continue; // RFC 6749 section 3.1: a parameter without a value is as if it were omitted
    const before = parameters.get(key);
    parameters.set(key, before === undefined ? value : [...(typeof before === 'string' ? [before] : before), value]);
  }
  return parameters;
}

/** Cuts a URL into what stands before the query, the query and the fragment, without changing a character of them. */
export function splitUrl(url: string): { head: string; query: string; fragment: string } {
  const [beforeFragment, fragment] = cut(url, '#');
  const [head, query] = cut(beforeFragment, '?');
  return { head, query, fragment };
}

function cut(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Adds parameters to a query; what stood there stays as it was written, save parameters of the same name. */
export function mergeInto(query: string, parameters: URLSearchParams): string {
  const kept = query.split('&').filter((pair) => {
    const [name = ''] = new URLSearchParams(`&${pair}`).keys();
    return pair !== '' && !parameters.has(name);
  });
  const ours = parameters.toString();
  return [...kept, ...(ours ? [ours] : [])].join('&');
}
