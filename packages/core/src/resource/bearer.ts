import { DeniedError } from '../errors.js';
import type { SenderRequest } from './sender.js';

/** A request to an API, as the guards see it; an adapter makes one from whatever its framework has. */
export interface ApiRequest extends SenderRequest {
  /** The parsed form; only looked at with the option `bodyToken`. */
  readonly body?: unknown;
  /** Hears of headers that the answer must carry, whatever it is. */
  readonly setHeader?: ((name: string, value: string) => void) | undefined;
}

/** What may be a token, and how it came. */
export interface Credentials {
  readonly token: string;
  readonly scheme: 'Bearer' | 'DPoP';
}

const maxLength = 16_384;
const tokenShape = /^[\w.~+/-]+=*$/;
// Whatever stands behind the name of our scheme, it was meant for us: a tab or a comma makes no other scheme of it.
const ourScheme = /^(?:Bearer|DPoP)(?![!#$%&'*+.^_`|~\w-])/i;
const space = 32;

/**
 * The one access token of a request: from the header `Authorization`, or from a form where that is allowed, never from
 * the query. Another scheme is nobody's token. What the token looks like is left to `requireTokenShape`: one that is
 * known need not be looked at. It has at most 16384 characters. [RFC 6750 section 2](https://www.rfc-editor.org/rfc/rfc6750#section-2)
 * @throws DeniedError `invalid_request` (400): several tokens, or none behind the scheme
 */
export function readCredentials(request: ApiRequest, bodyToken: boolean): Credentials | undefined {
  const fromHeader = readHeader(request);
  const fromBody = bodyToken ? readBody(request) : undefined;
  const found = fromHeader ?? fromBody;
  if (found === undefined) return undefined;
  if ((fromHeader && fromBody) || hasQueryToken(request.target)) throw malformed('one access token', 'several');
  if (found.token.length > maxLength) throw malformed(`a token of at most ${maxLength} characters`, 'a longer one');
  return found;
}

/** Whether a request brings credentials of ours, good or bad: then they alone decide. */
export function hasCredentials({ header }: Pick<ApiRequest, 'header'>): boolean {
  return ourScheme.test(header('authorization') ?? '');
}

/** @throws DeniedError `invalid_request` (400): a text that no token is */
export function requireTokenShape(token: string): void {
  if (!tokenShape.test(token)) throw malformed('a token of the characters that RFC 6750 has', 'none, or another text');
}

/** Which of two headers another program takes for the one is not known, whatever their schemes: so none is taken. */
function readHeader(request: ApiRequest): Credentials | undefined {
  const header = request.header('authorization');
  if (header == null) return undefined;
  if (request.headerCount !== undefined && request.headerCount('authorization') > 1)
    throw malformed('one Authorization header', 'several');
  if (!ourScheme.test(header)) return undefined;
  const scheme = /^B/i.test(header) ? 'Bearer' : 'DPoP';
  let start = scheme.length;
  while (header.charCodeAt(start) === space) start++;
  if (start === scheme.length) throw malformed('a token after the scheme', 'none');
  return { token: header.slice(start), scheme };
}

/** [RFC 6750 section 2.2](https://www.rfc-editor.org/rfc/rfc6750#section-2.2): a form, and no method without a body. */
function readBody({ method, header, body }: ApiRequest): Credentials | undefined {
  if (method === 'GET' || method === 'HEAD' || typeof body !== 'object' || body === null) return undefined;
  if (!/^application\/x-www-form-urlencoded *(?:;|$)/i.test(header('content-type') ?? '')) return undefined;
  const token: unknown = Object.hasOwn(body, 'access_token') ? Reflect.get(body, 'access_token') : undefined;
  if (token === undefined) return undefined;
  if (typeof token === 'string') return { token, scheme: 'Bearer' };
  throw malformed('one access_token in the form', 'several');
}

function hasQueryToken(target: string): boolean {
  return /[?&]access_token=/.test(target);
}

function malformed(expected: string, came: string): DeniedError {
  return new DeniedError('invalid_request', `Expected ${expected}, came ${came}.`, { status: 400 });
}
