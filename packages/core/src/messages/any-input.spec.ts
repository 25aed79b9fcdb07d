import fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { membersNamed, minutes, runs, types, word } from '../../test/random-messages.js';
import { OidcError } from '../errors.js';
import { IdToken } from './index.js';
import type { Message } from './index.js';

/** Text as an attacker would send it: pieces of all grammars, and now and then very much of it. */
function soup(names: readonly string[]): fc.Arbitrary<string> {
  const pieces = ['{', '}', '[', ']', '"', ':', ',', '&', '=', '?', '#', '%', '%zz', '%ff', '+', ';', '.', '..', 'eyJ', '\\u0000', '\\', '\n', '\0', '\ud800', '\u2028', 'null', 'true', '1e999', '-0', '__proto__', '"__proto__":{}', 'constructor', 'toJSON', 'https://a']; // prettier-ignore
  const piece = fc.oneof(fc.constantFrom(...pieces, ...names), fc.string({ maxLength: 5, unit: 'binary' }));
  const short = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));
  const size = fc.integer({ min: 1, max: 1_048_576 });
  const long = fc
    .tuple(short, size)
    .map(([part, size]) => part.repeat(Math.ceil(size / (part.length || 1))).slice(0, size));
  return fc.oneof({ weight: 50, arbitrary: short }, { weight: 1, arbitrary: long });
}

const anything = fc.anything({ withNullPrototype: true, withDate: true, withMap: true, withSet: true, withBigInt: true, withTypedArray: true, withObjectString: true }); // prettier-ignore

describe.each(types)('[R95] %s made of anything is a message, or an OidcError and nothing else', (_name, type) => {
  const attempt = (read: () => Message): void => {
    try {
      const message = read();
      expect(Object.getPrototypeOf(message)).toBe(type.prototype);
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
    }
  };

  const text = fc.property(soup(membersNamed(type)), (text) => {
    attempt(() => type.fromUrl(text));
    attempt(() => type.fromUrl(`https://a.example/?${text}`, 'query'));
    attempt(() => type.fromUrl(`https://a.example/#${text}`, 'fragment'));
    attempt(() => type.fromForm(text));
    attempt(() => type.fromJson(text));
  });
  it('from text', () => fc.assert(text, runs(500, 150)), minutes);

  const names = fc.oneof(fc.constantFrom(...membersNamed(type), '__proto__', 'constructor'), word);
  const objects = fc.property(fc.array(fc.tuple(names, anything)), (members) => {
    attempt(() => type.fromJson(Object.fromEntries(members)));
    attempt(() => type.fromForm(Object.fromEntries(members)));
  });
  it('from objects', () => fc.assert(objects, runs(500, 150)), minutes);
});

describe('[R95] fromJwt of anything is a message, or an OidcError and nothing else', () => {
  const base64url = fc.base64String().map((text) => text.replace(/[+/=]/g, '_'));
  const encoded = fc.json().map((json) => Buffer.from(json).toString('base64url'));
  const jwtLike = fc
    .array(fc.oneof(base64url, encoded), { minLength: 3, maxLength: 5 })
    .map((parts) => parts.join('.'));
  const named = fc.constantFrom('iss', 'sub', 'aud', 'exp', 'iat', 'nonce', 'constructor', 'x');

  it(
    'from text, and from what is signed',
    async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      const keys = { keys: [await exportJWK(publicKey)] };
      const attempt = async (jwt: string): Promise<void> => {
        const outcome: unknown = await IdToken.fromJwt(jwt, keys, { algorithms: ['ES256'] }).catch(
          (error: unknown) => error,
        );
        if (!(outcome instanceof OidcError) && !(outcome instanceof IdToken)) throw outcome;
      };
      const text = fc.oneof(soup(['alg', 'none', 'typ', 'crit']), jwtLike);
      await fc.assert(fc.asyncProperty(text, attempt), runs(5_000, 500));
      const signed = fc.asyncProperty(fc.dictionary(named, fc.jsonValue()), async (claims) => {
        const jwt = new SignJWT(claims).setProtectedHeader({ alg: 'ES256' });
        await attempt(await jwt.sign(privateKey));
      });
      await fc.assert(signed, runs(500, 100));
    },
    minutes,
  );
});
