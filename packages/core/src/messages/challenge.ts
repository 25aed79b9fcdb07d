import { ResponseError } from '../errors.js';

// A parameter or a scheme's name, by the grammar of RFC 9110 section 11; sticky, so that every character is looked at once.
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameter = new RegExp(
  `[ \\t,]*(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\[^])*)"|(${token}))[ \\t]*(?=,|$)`,
  'y',
);
const scheme = new RegExp(`[ \\t,]*(${token})(?=[ ,]|$)`, 'y');

/**
 * The parameters of the first challenge of a scheme in a `WWW-Authenticate` header, which may hold several challenges;
 * nothing where there is none. [RFC 9110 section 11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)
 * @throws ResponseError `duplicate_parameter`
 */
export function readChallenge(header: string, name: string): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  let at = 0;
  for (;;) {
    parameter.lastIndex = scheme.lastIndex = at;
    const pair = parameter.exec(header);
    const begin = pair ? null : scheme.exec(header);
    if (begin) {
      if (found) return found;
      if (begin[1]?.toLowerCase() === name.toLowerCase()) found = {};
    } else if (!pair) return found;
    else if (found) add(found, pair);
    at = pair ? parameter.lastIndex : scheme.lastIndex;
  }
}

function add(
  parameters: Record<string, string>,
  [, name = '', quoted, plain = '']: readonly (string | undefined)[],
): void {
  const key = name.toLowerCase();
  if (Object.hasOwn(parameters, key))
    throw new ResponseError('duplicate_parameter', 'The challenge: expected every parameter once.');
  Object.defineProperty(parameters, key, { value: quoted?.replace(/\\([^])/g, '$1') ?? plain, enumerable: true });
}

/** Writes a challenge; what is not printable ASCII becomes a question mark, since headers carry no more. */
export function writeChallenge(scheme: string, parameters: Iterable<[string, string]>): string {
  const pairs = [...parameters].map(
    ([name, value]) => `${name}="${value.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`,
  );
  return [scheme, pairs.join(', ')].filter((part) => part !== '').join(' ');
}
