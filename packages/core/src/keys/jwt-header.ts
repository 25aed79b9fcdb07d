import { ResponseError } from '../errors.js';
import { copyJson, jsonObject, parseJson } from '../messages/json.js';

/** The header of a JWT. `jku`, `x5u`, `x5c` and `jwk` may stand in it and are never looked at. */
export interface JwtHeader {
  /** The algorithm that the sender names; it is held against ours, never followed. */
  readonly alg: string;
  /** Which key signed it. */
  readonly kid?: string;
  /** Which kind of JWT it is. */
  readonly typ?: string;
  readonly [member: string]: unknown;
}

/**
 * Reads the header of a token in compact form, and refuses one whose `crit` demands what we do not have.
 *
 * @throws {ResponseError} `jwt_malformed`, `jwt_crit`
 * @see [RFC 7515, section 4.1](https://www.rfc-editor.org/rfc/rfc7515#section-4.1)
 */
export function readHeader(jwt: string): JwtHeader {
  const header = readObject(Buffer.from(jwt.slice(0, jwt.indexOf('.')), 'base64url'), 'the JWT header');
  for (const [name, required] of [
    ['alg', true],
    ['kid', false],
    ['typ', false],
  ] as const) {
    if (typeof header[name] === 'string' || (header[name] === undefined && !required)) continue;
    throw new ResponseError('jwt_malformed', `the JWT header: expected ${name} to be a string`);
  }
  if ('crit' in header) {
    throw new ResponseError('jwt_crit', 'the JWT header: expected no crit, since no extension is understood, came one');
  }
  return header as unknown as JwtHeader;
}

/**
 * Reads a JSON object of UTF-8 bytes: without prototypes, no `__proto__` at any depth, at most 32 levels deep.
 *
 * @throws {ResponseError} `jwt_malformed`
 */
export function readObject(bytes: Uint8Array, name: string): Record<string, unknown> {
  return asMalformed(name, () => copyJson(parse(bytes, name), name, false, 1) as Record<string, unknown>);
}

/**
 * The same as it was parsed, for who makes a message of it: that copies and looks at all of it anyway. Its members are
 * to be read as its own, since it has a prototype.
 *
 * @throws {ResponseError} `jwt_malformed`
 */
export function parseObject(bytes: Uint8Array, name: string): Readonly<Record<string, unknown>> {
  return asMalformed(name, () => parse(bytes, name));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parse(bytes: Uint8Array, name: string): Readonly<Record<string, unknown>> {
  return jsonObject(parseJson(utf8.decode(bytes), bytes.length, name), name);
}

function asMalformed<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ResponseError(
      'jwt_malformed',
      error instanceof ResponseError ? error.message : `${name}: expected UTF-8`,
    );
  }
}
