import { createHmac, generateKeyPairSync, KeyObject, randomBytes, sign as signBytes, webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { compactVerify } from 'jose';
import { makeKey, sign, unsigned, type TestKey } from '../../test/keys.js';
import { asymmetricAlgorithms, symmetricAlgorithms } from './algorithms.js';
import { usableKeys } from './import-key.js';
import { isSignedBy, type VerificationKey } from './verify-signature.js';

const kinds: Record<string, string> = { RS: 'RSA', PS: 'RSA', ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
const kindOf = (alg: string): string => kinds[alg] ?? kinds[alg.slice(0, 2)] ?? 'Ed25519';
const secret = randomBytes(64);
const pairs = new Map(asymmetricAlgorithms.map((alg) => [alg, makeKey(kindOf(alg))]));
const publicKey = ({ jwk }: TestKey): KeyObject => usableKeys([jwk])[0]!.key;
const keyOf = (alg: string): VerificationKey => (pairs.has(alg) ? publicKey(pairs.get(alg)!) : secret);
const algorithms = [...asymmetricAlgorithms, ...symmetricAlgorithms];
const signed = new Map<string, string>();
beforeAll(async () => {
  for (const alg of algorithms) signed.set(alg, await sign(pairs.get(alg) ?? secret, { alg }));
});

/** What jose says of a token: it stands for everybody else's verdict. */
async function joseSays(jws: string, alg: string, key: VerificationKey): Promise<boolean> {
  return compactVerify(jws, key, { algorithms: [alg] }).then(
    () => true,
    () => false,
  );
}
async function bothSay(jws: string, alg: string, key: VerificationKey): Promise<boolean> {
  const ours = isSignedBy(jws, alg, key);
  expect({ alg, jws, verdict: ours }).toEqual({ alg, jws, verdict: await joseSays(jws, alg, key) });
  return ours;
}

describe('as jose says', () => {
  it.each(algorithms)('%s: its own key, and no other one', async (alg) => {
    expect(await bothSay(signed.get(alg)!, alg, keyOf(alg))).toBe(true);
    for (const kind of ['RSA', 'P-256', 'P-384', 'P-521', 'Ed25519']) {
      expect(await bothSay(signed.get(alg)!, alg, publicKey(makeKey(kind)))).toBe(false);
    }
    expect(await bothSay(signed.get(alg)!, alg, randomBytes(64))).toBe(false);
  });

  it('no signature of another algorithm by the same key', async () => {
    for (const [made, { privateKey, jwk }] of pairs) {
      for (const alg of algorithms.filter((each) => each !== made && kindOf(each) === kindOf(made))) {
        const [head, body] = unsigned({ alg }).split('.');
        const signature = (await sign({ privateKey, jwk }, { alg: made })).split('.')[2];
        const jws = `${head}.${body}.${signature}`;
        expect(await bothSay(jws, alg, publicKey({ privateKey, jwk }))).toBe(false);
      }
    }
  });

  it('no signature that was changed, cut or made longer', async () => {
    const places = fc.record({
      alg: fc.constantFrom(...algorithms),
      at: fc.nat(),
      by: fc.integer({ min: 1, max: 255 }),
    });
    const changed = places.map(({ alg, at, by }) => {
      const [head, body, text] = signed.get(alg)!.split('.') as [string, string, string];
      const bytes = Buffer.from(text, 'base64url');
      bytes[at % bytes.length]! ^= by;
      return { alg, jws: `${head}.${body}.${bytes.toString('base64url')}` };
    });
    const resized = places.map(({ alg, at, by }) => {
      const jws = signed.get(alg)!;
      const length = jws.length - jws.lastIndexOf('.') - 1;
      return { alg, jws: by % 2 ? jws + 'A'.repeat(1 + (at % 8)) : jws.slice(0, -1 - (at % length)) };
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, resized), async ({ alg, jws }) => {
        expect(await bothSay(jws, alg, keyOf(alg))).toBe(false);
      }),
      { numRuns: 1500 },
    );
  });

  it('whatever stands in its three parts', async () => {
    const part = fc.stringMatching(/^[\w-]{0,12}$/);
    const texts = fc.tuple(part, part, part).map((parts) => parts.join('.'));
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.constantFrom(...algorithms),
        async (jws, alg) => void (await bothSay(jws, alg, keyOf(alg))),
      ),
      { numRuns: 1000 },
    );
  });

  it('no part whose last character is less than a byte', async () => {
    const alg = 'HS384'; // whose 48 bytes fill 64 characters: one more would be dropped in silence
    const jws = signed.get(alg)!;
    expect(await bothSay(`${jws}A`, alg, secret)).toBe(false);
    const [head] = unsigned({ alg }).split('.');
    for (const data of [`${head}A.e30`, `${head}.e30AA`]) {
      const signature = createHmac('sha384', secret).update(data).digest('base64url');
      expect(await bothSay(`${data}.${signature}`, alg, secret)).toBe(false);
    }
  });

  it('the signatures of ECDSA as two numbers, not as DER', async () => {
    const { privateKey, jwk } = pairs.get('ES256')!;
    const data = unsigned({ alg: 'ES256' }).slice(0, -1);
    const inDer = signBytes('sha256', Buffer.from(data), privateKey).toString('base64url');
    expect(await bothSay(`${data}.${inDer}`, 'ES256', publicKey({ privateKey, jwk }))).toBe(false);
  });

  it('the salt of PSS as long as the hash', async () => {
    const { privateKey, jwk } = pairs.get('PS256')!;
    const data = unsigned({ alg: 'PS256' }).slice(0, -1);
    for (const saltLength of [0, 20, 31, 32, 64]) {
      const signature = signBytes('sha256', Buffer.from(data), { key: privateKey, padding: 6, saltLength });
      const jws = `${data}.${signature.toString('base64url')}`;
      expect(await bothSay(jws, 'PS256', publicKey({ privateKey, jwk }))).toBe(saltLength === 32);
    }
  });

  it.each([
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 1024 })],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
    ['EdDSA', generateKeyPairSync('ed448')],
  ])('%s: no key that is too short, or of a curve that we do not take', async (alg, { publicKey, privateKey }) => {
    const data = unsigned({ alg }).slice(0, -1);
    const hash = alg === 'EdDSA' ? null : 'sha256';
    const signature = signBytes(hash, Buffer.from(data), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    expect(await bothSay(`${data}.${signature.toString('base64url')}`, alg, publicKey)).toBe(false);
  });

  it.each([
    ['RSASSA-PKCS1-v1_5', { hash: 'SHA-256' }, ['RS256']],
    ['RSASSA-PKCS1-v1_5', { hash: 'SHA-512' }, ['RS512']],
    ['RSA-PSS', { hash: 'SHA-384' }, ['PS384']],
    ['ECDSA', { namedCurve: 'P-256' }, ['ES256']],
    ['Ed25519', {}, ['EdDSA', 'Ed25519']],
  ])('of a Web Crypto key what it was imported for: %s %p', async (name, more, expected) => {
    const format = { name, ...more };
    const { privateKey, jwk } = pairs.get(expected[0]!)!;
    const load = (usages: webcrypto.KeyUsage[]): Promise<webcrypto.CryptoKey> =>
      webcrypto.subtle.importKey('jwk', jwk as webcrypto.JsonWebKey, format, true, usages);
    const key = await load(['verify']);
    const taken: string[] = [];
    for (const alg of asymmetricAlgorithms.filter((each) => kindOf(each) === kindOf(expected[0]!))) {
      if (await bothSay(await sign({ privateKey, jwk }, { alg }), alg, key)) taken.push(alg);
    }
    expect(taken).toEqual(expected);
    expect(await bothSay(await sign({ privateKey, jwk }, { alg: expected[0]! }), expected[0]!, await load([]))).toBe(
      false,
    );
  });
});

it('is false for a private key, and for what is no algorithm', () => {
  const jws = signed.get('ES256')!;
  expect(isSignedBy(jws, 'ES256', keyOf('ES256'))).toBe(true);
  expect(isSignedBy(jws, 'ES256', pairs.get('ES256')!.privateKey)).toBe(false);
  for (const alg of ['none', 'ES256K', 'HS1', '']) {
    expect(isSignedBy(jws, alg, keyOf('ES256'))).toBe(false);
    expect(isSignedBy(jws, alg, secret)).toBe(false);
  }
});
