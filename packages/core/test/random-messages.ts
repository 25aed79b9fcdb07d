import { getMetadataStorage, validateSync } from 'class-validator';
import fc from 'fast-check';
import * as exported from '../src/messages/index.js';
import type { JwtMessage, JwtMessageClass, Message, MessageClass } from '../src/messages/index.js';

// Random messages of every class. A member's values follow from its constraints; messages that break a rule between members are
// sorted out, and the good ones are then broken again, since hardly any wholly random object is good.

/** A message's class with its codecs. */
export type Type = MessageClass<Message> & typeof Message & Partial<JwtMessageClass<JwtMessage>>;
export type Members = Record<string, unknown>;
const storage = getMetadataStorage();

const abstract = ['Message', 'JwtMessage', 'ServerMetadata'];
/** Every message's class, by its name. */
export const types = Object.entries(exported as unknown as Record<string, Type>).filter(
  ([name, value]) => typeof value === 'function' && 'nullIsAbsent' in value && !abstract.includes(name),
);
/** The classes that travel as queries and forms. */
export const inText =
  /^(Authentication|Hybrid|JwtSecured|Pushed.*Request|Device.*Request|Revocation.*Request|TokenRequest|TokenExchangeRequest|TokenIntrospectionRequest|Userinfo.*Request|RpInitiated|PostLogout|FrontChannel|BackChannelLogoutNotification|ThirdParty|BearerToken)/;
/** How often a property is tried: more in the gate. */
export const runs = (inGate: number, otherwise: number): { numRuns: number } => ({
  numRuns: process.env.CI ? inGate : otherwise,
});
/** What a property may take, in milliseconds. */
export const minutes = 600_000;

export const word = fc.string({ minLength: 1, maxLength: 8 }).map((text) => text.replaceAll(' ', '_'));
const text = fc
  .oneof(fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }), word)
  .filter((value) => !/\p{Surrogate}/u.test(value));
const names = fc.oneof(
  word,
  fc.constantFrom('constructor', 'toJSON', 'validate', 'hasOwnProperty', 'then', 'roles', '0', 'iss', 'length'),
);

const byConstraint: Record<string, (constraints: unknown[]) => fc.Arbitrary<unknown>> = {
  isForbidden: () => fc.constant(undefined),
  isSingle: () => word,
  equals: ([value]) => fc.constant(value),
  isLogoutEvent: () => fc.constant({ [exported.backChannelLogoutEvent]: {} }),
  isLinks: () => fc.array(fc.record({ rel: word, href: word }, { requiredKeys: ['rel'] }), { maxLength: 3 }),
  isKeys: () => fc.array(fc.dictionary(word, word, { maxKeys: 3 }), { maxLength: 3 }),
  isStringMap: () => fc.dictionary(word, word, { maxKeys: 3 }),
  isIntrospection: () => fc.constant({ active: true, nested: { list: [1] } }),
  isJwks: () => fc.constant({ keys: [] }),
  isClaimsRequest: () => fc.constant({ id_token: { acr: null } }),
  isProperties: () => fc.dictionary(word, word, { maxKeys: 3 }),
  isTextOrList: () => fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 })),
  matches: () => fc.array(word, { minLength: 1, maxLength: 3 }),
  isArray: () => fc.array(text, { maxLength: 3 }),
  isBoolean: () => fc.boolean(),
  isInt: () => fc.maxSafeNat(),
  isNumber: () => fc.integer({ min: 0, max: 253402300799 }),
  isLength: () => fc.string({ minLength: 1, maxLength: 255 }),
  isString: () => text,
};
const grants = fc.constantFrom('authorization_code', 'refresh_token', 'password', 'client_credentials', 'urn:other');

function membersOf(type: Type): fc.Arbitrary<Members> {
  const grouped = Object.entries(
    storage.groupByPropertyName(storage.getTargetValidationMetadatas(type, '', false, false)),
  );
  const arbitraries = grouped.map(([name, entries]) => {
    const kind =
      Object.keys(byConstraint).find((constraint) => entries.some((entry) => entry.name === constraint)) ?? 'isString';
    const constraints = (entries.find((entry) => entry.name === kind)?.constraints ?? []) as unknown[];
    const value =
      name === 'grant_type' && kind !== 'equals'
        ? grants
        : (byConstraint[kind] as (c: unknown[]) => fc.Arbitrary<unknown>)(constraints);
    return [
      name,
      entries.some(({ type }) => type === 'conditionalValidation') ? fc.option(value, { nil: undefined }) : value,
    ] as const;
  });
  return fc
    .record(Object.fromEntries(arbitraries))
    .filter((members) => validateSync(instanceOf(type, members), { forbidUnknownValues: false }).length === 0);
}

function extrasOf(name: string, type: Type): fc.Arbitrary<Members> {
  const value = inText.test(name)
    ? text
    : fc
        .jsonValue({ maxDepth: 2, stringUnit: 'grapheme' })
        .filter((json) => json !== null && !JSON.stringify(json).includes('__proto__'));
  return type.extra === 'allow' ? fc.dictionary(names, value, { maxKeys: 3 }) : fc.constant({});
}

function instanceOf(type: Type, members: Members): Message {
  const own = Object.entries(members).filter(([name, value]) => value !== undefined && !(name in type.prototype));
  return Object.assign(new type(), Object.fromEntries(own));
}

/** Good members of a class, others among them where it keeps those. */
export function goodMembers(name: string, type: Type): fc.Arbitrary<Members> {
  return fc
    .tuple(extrasOf(name, type), membersOf(type))
    .map(([extras, members]) => withoutUndefined({ ...extras, ...members }));
}

export function withoutUndefined(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** The names of a class's members, of its parents too. */
export function membersNamed(type: Type): string[] {
  return Object.keys(storage.groupByPropertyName(storage.getTargetValidationMetadatas(type, '', false, false)));
}

/** class-validator gathers its metadata anew at every call; the same, gathered once, or the gate would take minutes longer. */
export function gatherMetadataOnce(): void {
  const gathered = new Map<unknown, ReturnType<typeof storage.getTargetValidationMetadatas>>();
  const gather = storage.getTargetValidationMetadatas.bind(storage);
  storage.getTargetValidationMetadatas = (type, ...rest) => {
    const known = gathered.get(type) ?? gather(type, ...rest);
    gathered.set(type, known);
    return known;
  };
}
