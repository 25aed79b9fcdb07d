import { type ClaimDemand, type ClaimDemands, ConfigurationError, show } from '@latchkey/core';

/** What is demanded of who calls, beside passing a guard. */
export interface Demands {
  /** All of these scopes, of a token. */
  readonly scope?: readonly string[];
  /** What claims must be, of a token or of a user. */
  readonly claims?: ClaimDemands;
  /** One of these authentication context classes. */
  readonly acr?: readonly string[];
  /** How long ago the user may have authenticated, in seconds. */
  readonly maxAge?: number;
}

const kinds = ['scope', 'claims', 'acr', 'maxAge'] as const satisfies readonly (keyof Demands)[];
const keyOf = (kind: keyof Demands): string => `latchkey:${kind}`;

/**
 * Notes what is demanded at a handler or a class. Once for each kind: whether two lists of scopes would add up, or stand
 * for each other, is not for the reader to guess.
 * @throws ConfigurationError `invalid_option` when something of the kind is demanded there already
 */
export function noteDemand<K extends Exclude<keyof Demands, 'claims'>>(of: object, kind: K, value: Demands[K]): void {
  if (Reflect.hasOwnMetadata(keyOf(kind), of)) throw twice(kind);
  Reflect.defineMetadata(keyOf(kind), value, of);
}

/** The same for one claim. @throws ConfigurationError `invalid_option` */
export function noteClaim(of: object, name: string, wanted: ClaimDemand): void {
  const own = Reflect.getOwnMetadata(keyOf('claims'), of) as ClaimDemands | undefined;
  if (own && Object.hasOwn(own, name)) throw twice(`claim ${show(name)}`);
  Reflect.defineMetadata(keyOf('claims'), { ...own, [name]: wanted }, of);
}

/**
 * What is demanded at some places together, the nearest first: it replaces what is demanded of its kind, or of the same
 * claim, further away. Undefined where nothing is.
 */
export function demandsAt(places: readonly object[]): Demands | undefined {
  const found: Record<string, unknown> = {};
  for (const kind of kinds) {
    const values = places.flatMap(lineOf).map((place): unknown => Reflect.getOwnMetadata(keyOf(kind), place));
    const said = values.filter((value) => value !== undefined);
    if (said.length === 0) continue;
    found[kind] = kind === 'claims' ? Object.assign({}, ...(said as ClaimDemands[]).reverse()) : said[0];
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

/** A class and those that it extends. */
function lineOf(place: object): readonly object[] {
  const parent = Object.getPrototypeOf(place) as object | null;
  return parent === null || parent === Function.prototype ? [place] : [place, ...lineOf(parent)];
}

function twice(what: string): ConfigurationError {
  return new ConfigurationError('invalid_option', `Expected one demand of ${what} at one place, came another one.`);
}
