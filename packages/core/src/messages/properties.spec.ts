import { getMetadataStorage, validateSync } from 'class-validator';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { OidcError } from '../errors.js';
import { compileValidator } from './compiled-validator.js';
import * as exported from './index.js';
import type { JwtMessage, JwtMessageClass, Message, MessageClass } from './index.js';

// Random messages of every class. A member's values follow from its constraints; messages that break a rule between members are
// sorted out, and the good ones are then broken again, since hardly any wholly random object is good.

type Type = MessageClass<Message> & typeof Message & Partial<JwtMessageClass<JwtMessage>>;
type Members = Record<string, unknown>;
const storage = getMetadataStorage();

const abstract = ['Message', 'JwtMessage', 'ServerMetadata'];
const types = Object.entries(exported as unknown as Record<string, Type>).filter(
  ([name, value]) => typeof value === 'function' && 'nullIsAbsent' in value && !abstract.includes(name),
);
const inText =
  /^(Authentication|Hybrid|JwtSecured|Pushed.*Request|Device.*Request|Revocation.*Request|TokenRequest|TokenExchangeRequest|TokenIntrospectionRequest|Userinfo.*Request|RpInitiated|PostLogout|FrontChannel|BackChannelLogoutNotification|ThirdParty|BearerToken)/;
const runs = (inGate: number, otherwise: number): { numRuns: number } => ({
  numRuns: process.env.CI ? inGate : otherwise,
});
const minutes = 120_000;

const word = fc.string({ minLength: 1, maxLength: 8 }).map((text) => text.replaceAll(' ', '_'));
const text = fc
  .oneof(fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }), word)
  .filter((value) => !/\p{Surrogate}/u.test(value));
const names = fc.oneof(
  word,
  fc.constantFrom('constructor', 'toJSON', 'validate', 'hasOwnProperty', 'then', 'roles', '0', 'iss', 'length'),
);

const byConstraint: Record<string, (constraints: unknown[]) => fc.Arbitrary<unknown>> = {
  isForbidden: () => fc.constant(undefined),
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

const withoutUndefined = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
const wires = (type: Type, message: Message): Members => withoutUndefined({ ...message.toJSON(), class: type.name });

// class-validator gathers its metadata anew at every call; the same, gathered once, or the gate would take minutes longer.
const gathered = new Map<unknown, ReturnType<typeof storage.getTargetValidationMetadatas>>();
beforeAll(() => {
  const gather = storage.getTargetValidationMetadatas.bind(storage);
  jest.spyOn(storage, 'getTargetValidationMetadatas').mockImplementation((type, ...rest) => {
    const known = gathered.get(type) ?? gather(type, ...rest);
    gathered.set(type, known);
    return known;
  });
});

describe.each(types)('%s', (name, type) => {
  const good = fc
    .tuple(extrasOf(name, type), membersOf(type))
    .map(([extras, members]) => withoutUndefined({ ...extras, ...members }));

  it(
    'comes back from JSON as it went',
    () => {
      fc.assert(
        fc.property(good, (members) => {
          const message = type.fromJson(members);
          const back = type.fromJson(JSON.stringify(message));
          expect(wires(type, back)).toEqual(wires(type, message));
          const sent = Object.entries(members).filter(([name]) => !(name in type.prototype));
          expect(message.toJSON()).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(sent))));
        }),
        runs(500, 100),
      );
    },
    minutes,
  );

  if (inText.test(name)) {
    it(
      'comes back from forms and URLs as it went',
      () => {
        fc.assert(
          fc.property(good, fc.constantFrom('query' as const, 'fragment' as const), (members, part) => {
            const message: Message = type.fromJson(members);
            expect(wires(type, type.fromForm(message.toForm()))).toEqual(wires(type, message));
            expect(wires(type, type.fromUrl(message.toUrl('https://a.example/b', part), part))).toEqual(
              wires(type, message),
            );
          }),
          runs(500, 100),
        );
      },
      minutes,
    );
  }

  it(
    'is judged by the compiled validator as by class-validator',
    () => {
      const pool = fc.sample(good, 50);
      const garbage = [undefined, null, '', ' ', 'x', 'x'.repeat(256), '\u{1f600}'.repeat(128), '\ufe0f', 0, -1, 1.5, NaN, Infinity, 2 ** 53, true, [], [''], ['a b'], ['a', 1], [1, 'a'], [1], [null], [undefined], {}, { a: 1 }, { rel: 1 }, [{}], [[]], () => 1, Symbol('x'), new String('x'), new Number(1), new Date(0), new Set(['a']), new Set([1]), new Map([['a', 1]]), 10n]; // prettier-ignore
      const known = [...new Set(pool.flatMap((members) => Object.keys(members)))];
      const compiled = compileValidator(type);
      const index = fc.nat();
      const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(list.length, 1)];
      fc.assert(
        fc.property(index, fc.array(fc.tuple(index, index), { maxLength: 3 }), (at, breaks) => {
          const members = { ...pick(pool, at) };
          for (const [member, value] of breaks) members[pick(known, member) ?? 'extra'] = pick(garbage, value);
          const message = Object.assign(
            new type(),
            Object.fromEntries(Object.entries(members).filter(([name]) => !(name in type.prototype))),
          );
          const expected = validateSync(message, { forbidUnknownValues: false }).map(({ property }) => property);
          const failing = compiled(message);
          if (failing.join() !== expected.join())
            throw new Error(`compiled: ${failing.join()}; class-validator: ${expected.join()}`);
        }),
        runs(100_000, 10_000),
      );
    },
    minutes,
  );
});

/** Text as an attacker would send it: pieces of all grammars, and now and then very much of it. */
function soup(names: readonly string[]): fc.Arbitrary<string> {
  const pieces = ['{', '}', '[', ']', '"', ':', ',', '&', '=', '?', '#', '%', '%zz', '%ff', '+', ';', '.', '..', 'eyJ', '\\u0000', '\\', '\n', '\0', '\ud800', '\u2028', 'null', 'true', '1e999', '-0', '__proto__', '"__proto__":{}', 'constructor', 'toJSON', 'https://a']; // prettier-ignore
  const piece = fc.oneof(fc.constantFrom(...pieces, ...names), fc.string({ maxLength: 5, unit: 'binary' }));
  const short = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));
  const long = fc
    .tuple(short, fc.integer({ min: 1, max: 1_048_576 }))
    .map(([part, size]) => part.repeat(Math.ceil(size / (part.length || 1))).slice(0, size));
  return fc.oneof({ weight: 50, arbitrary: short }, { weight: 1, arbitrary: long });
}

describe.each(types)('[R95] %s made of anything', (_name, type) => {
  const members = Object.keys(
    storage.groupByPropertyName(storage.getTargetValidationMetadatas(type, '', false, false)),
  );
  const attempt = (read: () => Message): void => {
    try {
      const message = read();
      expect(message).toBeInstanceOf(type);
      expect(Object.getPrototypeOf(message)).toBe(type.prototype);
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
    }
  };

  it(
    'is a message, or an OidcError and nothing else',
    () => {
      fc.assert(
        fc.property(soup(members), (text) => {
          attempt(() => type.fromUrl(text));
          attempt(() => type.fromUrl(`https://a.example/?${text}`, 'query'));
          attempt(() => type.fromUrl(`https://a.example/#${text}`, 'fragment'));
          attempt(() => type.fromForm(text));
          attempt(() => type.fromJson(text));
        }),
        runs(500, 150),
      );
      const entries = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...members, '__proto__', 'constructor'), word), fc.anything({ withNullPrototype: true, withDate: true, withMap: true, withSet: true, withBigInt: true, withTypedArray: true, withObjectString: true }))); // prettier-ignore
      fc.assert(
        fc.property(entries, (pairs) => {
          attempt(() => type.fromJson(Object.fromEntries(pairs)));
          attempt(() => type.fromForm(Object.fromEntries(pairs)));
        }),
        runs(500, 150),
      );
    },
    minutes,
  );
});

describe('[R95] fromJwt of anything', () => {
  it(
    'is refused with an OidcError and nothing else',
    async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      const keys = { keys: [await exportJWK(publicKey)] };
      const attempt = async (jwt: string): Promise<void> => {
        const failure: unknown = await exported.IdToken.fromJwt(jwt, keys, { algorithms: ['ES256'] }).catch(
          (error: unknown) => error,
        );
        if (!(failure instanceof OidcError) && !(failure instanceof exported.IdToken)) throw failure;
      };
      const part = fc.oneof(
        fc.base64String().map((text) => text.replace(/[+/=]/g, '_')),
        fc.json().map((json) => Buffer.from(json).toString('base64url')),
      );
      const jwtLike = fc.array(part, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.'));
      await fc.assert(
        fc.asyncProperty(fc.oneof(soup(['alg', 'none', 'typ', 'crit']), jwtLike), attempt),
        runs(5_000, 500),
      );
      const signed = fc.dictionary(
        fc.constantFrom('iss', 'sub', 'aud', 'exp', 'iat', 'nonce', 'constructor', 'x'),
        fc.jsonValue(),
      );
      await fc.assert(
        fc.asyncProperty(signed, async (claims) =>
          attempt(await new SignJWT(claims as Members).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)),
        ),
        runs(500, 100),
      );
    },
    minutes,
  );
});
