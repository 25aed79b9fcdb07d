import { ConfigurationError } from '../errors.js';
import { isKey, verifyJwt } from '../keys/verify-jwt.js';
import type { JwtKeys, VerifyJwtOptions } from '../keys/verify-jwt.js';
import { readJson } from './build.js';
import { Message } from './message.js';
import type { Extra, MessageClass } from './message.js';

/** How a JWT is verified; `algorithms` are those that the caller registered, never what the header says. */
export interface JwtOptions extends Omit<VerifyJwtOptions, 'types'> {
  /** Whether only the `typ` that is the kind's own is taken, and neither `JWT` nor an absent one; each class has its default. */
  readonly strictTyp?: boolean;
}

/** A class whose messages travel as the claims of a JWT. */
export interface JwtMessageClass<T extends JwtMessage> extends MessageClass<T> {
  /** The `typ` values that it may have. */
  readonly jwtTypes: readonly (string | undefined)[];
  /** Whether its own `typ` is demanded by default. */
  readonly strictTyp: boolean;
}

/** A message that travels as the claims of a JWT. */
export abstract class JwtMessage extends Message {
  /** The `typ` values that this kind may have, without `application/`; `undefined` stands for an absent one. */
  static readonly jwtTypes: readonly (string | undefined)[] = ['JWT', undefined];
  /** The default of the option of this name. */
  static readonly strictTyp: boolean = false;

  /**
   * Verifies the JWT, then reads its claims: nothing is read from what is not signed by one of `keys`.
   * Who issued it, for whom and when is not checked here: that is `validate`.
   * @throws ResponseError `jwt_malformed`, `jwt_typ`, `jwt_alg`, `jwt_crit`, `jwt_key`, `jwt_signature`, and what `fromJson` throws
   * @throws ConfigurationError `invalid_option` for keys or algorithms that are none
   */
  static async fromJwt<T extends JwtMessage, E extends object = Extra>(
    this: JwtMessageClass<T>,
    jwt: string,
    keys: JwtKeys,
    options: JwtOptions,
  ): Promise<T & Readonly<E>> {
    requireGiven(keys, options);
    const { strictTyp = this.strictTyp, ...rest } = options;
    const { claims } = await verifyJwt(jwt, keys, { ...rest, types: typesOf(this, strictTyp) });
    return readJson(this, claims) as T & E;
  }
}

/** Without types, what was left out would be found missing in the middle of a verification, in words that say nothing. */
function requireGiven(keys: unknown, options: unknown): void {
  const { keys: set } = Object(keys) as { keys?: unknown };
  if (!Array.isArray(set) && !isKey(keys) && typeof keys !== 'function')
    throw wrong('keys to be a JWK set, a public key, the bytes of a client secret, or a function that finds them');
  const { algorithms } = Object(options) as { algorithms?: unknown };
  if (!Array.isArray(algorithms) || !algorithms.every((name) => typeof name === 'string'))
    throw wrong('algorithms to be a list of those that are registered');
}

function wrong(expected: string): ConfigurationError {
  return new ConfigurationError('invalid_option', `fromJwt: expected ${expected}.`);
}

/** The `typ` values that are taken. A kind without one of its own, the ID token, takes `JWT` and an absent one however strict. */
function typesOf({ jwtTypes }: JwtMessageClass<JwtMessage>, strict: boolean): readonly (string | undefined)[] {
  const own = jwtTypes.filter((type) => type !== undefined && type !== 'JWT');
  return strict && own.length > 0 ? own : jwtTypes;
}
