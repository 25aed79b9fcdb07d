import { DeniedError } from '../errors.js';
import type { SenderRequest } from './sender.js';

/** A request to an API, as the guards see it; an adapter makes one from whatever its framework has. */
export interface ApiRequest extends SenderRequest {
  /** The parsed form; only looked at with the option `bodyToken`. */
  readonly body?: unknown;
  /** Hears of headers that the answer must carry, whatever it is. */
  readonly setHeader?: ((name: string, value: string) => void) | undefined;
}

/** A token, and how it came. */
export interface Credentials {
  readonly token: string;
  readonly scheme: 'Bearer' | 'DPoP';
}

const maxLength = 16_384;
const credentials = /^(Bearer|DPoP)(?: +([\w.~+/-]+=*))?$/i;
const ourScheme = /^(?:Bearer|DPoP)(?: |$)/i;

/**
 * The one access token of a request: from the header `Authorization`, or from a form where that is allowed, never from
 * the query. Another scheme is nobody's token. [RFC 6750 section 2](https://www.rfc-editor.org/rfc/rfc6750#section-2)
 * @throws DeniedError `invalid_request` (400): several tokens, or what is none
 */
export function readCredentials(request: ApiRequest, bodyToken: boolean): Credentials | undefined {
  const header = request.header('authorization');
  const fromHeader = header != null && ourScheme.test(header) ? parse(header, request) : undefined;
  const fromBody = bodyToken ? readBody(request) : undefined;
  if (fromHeader === undefined) return fromBody === undefined ? undefined : { token: fromBody, scheme: 'Bearer' };
  if (fromBody !== undefined || hasQueryToken(request.target)) throw malformed('one access token', 'several');
  return fromHeader;
}

/** Whether a request brings credentials of ours, good or bad: then they alone decide. */
export function hasCredentials({ header }: Pick<ApiRequest, 'header'>): boolean {
  return ourScheme.test(header('authorization') ?? '');
}

function parse(header: string, { headerCount }: ApiRequest): Credentials {
  if ((headerCount?.('authorization') ?? 1) > 1) throw malformed('one Authorization header', 'several');
  if (header.length > maxLength) throw malformed(`a token of at most ${maxLength} characters`, 'a longer one');
  const [, scheme = '', token] = credentials.exec(header) ?? [];
  if (token === undefined) throw malformed('a token after the scheme', 'none, or what is no token');
  return { token, scheme: scheme.length === 4 ? 'DPoP' : 'Bearer' };
}

/** [RFC 6750 section 2.2](https://www.rfc-editor.org/rfc/rfc6750#section-2.2): a form, and no method without a body. */
function readBody({ method, header, body }: ApiRequest): string | undefined {
  if (method === 'GET' || method === 'HEAD' || typeof body !== 'object' || body === null) return undefined;
  if (!/^application\/x-www-form-urlencoded *(?:;|$)/i.test(header('content-type') ?? '')) return undefined;
  const token: unknown = Object.hasOwn(body, 'access_token') ? Reflect.get(body, 'access_token') : undefined;
  if (token === undefined) return undefined;
  if (typeof token === 'string' && token.length <= maxLength && /^[\w.~+/-]+=*$/.test(token)) return token;
  throw malformed('one access_token in the form', 'several, or what is no token');
}

function hasQueryToken(target: string): boolean {
  return /[?&]access_token=/.test(target);
}

function malformed(expected: string, came: string): DeniedError {
  return new DeniedError('invalid_request', `Expected ${expected}, came ${came}.`, { status: 400 });
}
