import {
  createHmac,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  webcrypto,
  type KeyObject,
} from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { encryptFor, makeKey, sign, suiteKeys, unsigned, type TestKey } from '../../test/keys.js';
import { ResponseError, UnavailableError, type ErrorCode } from '../errors.js';
import { asymmetricAlgorithms } from './algorithms.js';
import { verifyJwt, type JwtKeys, type VerifyJwtOptions } from './verify-jwt.js';

const rsa = makeKey('RSA', { kid: 'r' });
const ec = makeKey('P-256', { kid: 'e' });
const secret = Buffer.from('a client secret of more than 32 bytes');
const rs256: VerifyJwtOptions = { algorithms: ['RS256'], types: ['JWT', undefined] };
const set = (...keys: TestKey[]): JwtKeys => ({ keys: keys.map(({ jwk }) => jwk) });

async function refusal(jwt: string, keys: JwtKeys = set(rsa, ec), options = rs256): Promise<ResponseError> {
  const error: unknown = await verifyJwt(jwt, keys, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ResponseError);
  const body = /^[\w-]+\.([\w-]{9,})\./.exec(jwt)?.[1];
  if (body !== undefined) expect(inspect(error, { depth: 9 })).not.toContain(body); // RULES 8.1
  return error as ResponseError;
}

describe('a token that is taken', () => {
  const kinds: Record<string, string> = {
    RS: 'RSA',
    PS: 'RSA',
    ES256: 'P-256',
    ES384: 'P-384',
    ES512: 'P-521',
    Ed: 'Ed25519',
  };
  it.each(asymmetricAlgorithms)('signed with %s', async (alg) => {
    const key = makeKey(kinds[alg] ?? kinds[alg.slice(0, 2)]!);
    const jwt = await sign(key, { alg }, { sub: 'alice', deep: { a: [1, { b: 2 }] } });
    const { header, claims, jws } = await verifyJwt(jwt, set(key), { algorithms: [alg], types: [undefined] });
    expect({ header, claims, jws }).toEqual({
      header: { alg },
      claims: { sub: 'alice', deep: { a: [1, { b: 2 }] } },
      jws: jwt,
    });
  });

  it.each(['HS256', 'HS384', 'HS512'])('[R29] signed with %s and the secret of the client', async (alg) => {
    const key = Buffer.concat([secret, secret]);
    const { claims } = await verifyJwt(await sign(key, { alg }), key, { algorithms: [alg], types: [undefined] });
    expect(claims).toEqual({ sub: 'alice' });
  });

  it.each([['logout+jwt'], ['application/logout+jwt'], ['LOGOUT+JWT'], ['Application/Logout+jwt']])(
    '[R32] of typ %s',
    async (typ) => {
      const jwt = await sign(rsa, { alg: 'RS256', typ });
      expect((await verifyJwt(jwt, set(rsa), { ...rs256, types: ['Logout+JWT'] })).header.typ).toBe(typ);
    },
  );

  it('by a key that a function finds, of every form that keys have', async () => {
    const jwt = await sign(rsa, { alg: 'RS256', kid: 'r' });
    const format = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const imported = await webcrypto.subtle.importKey('jwk', rsa.jwk as webcrypto.JsonWebKey, format, true, ['verify']);
    const asked: unknown[] = [];
    const found = await verifyJwt(jwt, (header) => Promise.resolve([(asked.push(header), imported)]), rs256);
    expect(found.claims).toEqual({ sub: 'alice' });
    expect(asked).toEqual([{ alg: 'RS256', kid: 'r' }]);
  });

  it('by one key, given or found', async () => {
    const jwt = await sign(rsa, { alg: 'RS256', kid: 'another' });
    const key = createPublicKey({ key: { ...rsa.jwk }, format: 'jwk' });
    const { publicKey } = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    for (const keys of [key, () => Promise.resolve(key)])
      expect((await verifyJwt(jwt, keys, rs256)).claims).toEqual({ sub: 'alice' });
    for (const keys of [publicKey, () => Promise.resolve(publicKey)])
      expect(await refusal(jwt, keys as never)).toMatchObject({ code: 'jwt_signature' });
  });

  it('[R94] has claims without prototypes', async () => {
    const { claims } = await verifyJwt(await sign(rsa, { alg: 'RS256' }, '{"constructor":{"a":1}}'), set(rsa), rs256);
    expect(Object.getPrototypeOf(claims)).toBeNull();
    expect(Object.getPrototypeOf(claims.constructor)).toBeNull();
  });

  it('[R27] whatever its header says of keys', async () => {
    const header = { alg: 'RS256', jku: 'https://evil.example', x5u: 'https://evil.example', x5c: ['x'], jwk: ec.jwk };
    expect((await verifyJwt(await sign(rsa, header as never), set(rsa), rs256)).claims).toEqual({ sub: 'alice' });
  });

  it('up to 16384 characters, more where it is allowed', async () => {
    const base = (await sign(rsa, { alg: 'RS256' }, { pad: '' })).length;
    const jwt = await sign(rsa, { alg: 'RS256' }, { pad: 'x'.repeat(Math.floor(((16_384 - base) * 3) / 4)) });
    expect(jwt.length).toBeGreaterThan(16_380);
    await verifyJwt(jwt, set(rsa), rs256);
    const longer = await sign(rsa, { alg: 'RS256' }, { pad: 'x'.repeat(16_384) });
    expect(await refusal(longer, set(rsa))).toMatchObject({ code: 'message_too_large' });
    await verifyJwt(longer, set(rsa), { ...rs256, maxLength: 65_536 });
  });
});

describe('without kid', () => {
  const keys = suiteKeys(() => ({}));
  it('[R16] is verified by the one key that fits: kid-absent-single-jwks', async () => {
    const { rsa1, ec1, koblitz, ed, rsaEnc, ecEnc } = keys;
    const jwt = await sign(rsa1!, { alg: 'RS256' });
    expect((await verifyJwt(jwt, set(rsa1!, ec1!, koblitz!, ed!, rsaEnc!, ecEnc!), rs256)).claims).toEqual({
      sub: 'alice',
    });
  });
  it('[R16] is tried with each that fits: kid-absent-multiple-jwks', async () => {
    const jwt = await sign(keys.rsa2!, { alg: 'RS256' });
    expect((await verifyJwt(jwt, set(...Object.values(keys)), rs256)).claims).toEqual({ sub: 'alice' });
  });
  it('is tried with ten keys at most', async () => {
    const many = Array.from({ length: 11 }, () => makeKey('P-256'));
    const options = { algorithms: ['ES256'], types: [undefined] };
    await verifyJwt(await sign(many[9]!, { alg: 'ES256' }), set(...many), options);
    expect(await refusal(await sign(many[10]!, { alg: 'ES256' }), set(...many), options)).toMatchObject({
      code: 'jwt_signature',
    });
  });
  it('[R26] is never verified by a key for encryption', async () => {
    const jwt = await sign(keys.rsaEnc!, { alg: 'RS256' });
    expect(await refusal(jwt, set(...Object.values(keys)))).toMatchObject({ code: 'jwt_signature' });
  });
});

describe('a token that is refused', () => {
  const header = { alg: 'RS256', kid: 'r' };
  const nested = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
  const flip = (jwt: string): string => {
    const [head, body, signature] = jwt.split('.') as [string, string, string];
    const flipped = Buffer.from(signature, 'base64url').map((byte) => byte ^ 0x5a);
    return `${head}.${body}.${Buffer.from(flipped).toString('base64url')}`;
  };
  const rows: [name: string, code: ErrorCode, jwt: () => string | Promise<string>][] = [
    ['no text', 'jwt_malformed', () => undefined as never],
    ['an empty text', 'jwt_malformed', () => ''],
    ['two parts', 'jwt_malformed', () => 'e30.e30'],
    ['four parts', 'jwt_malformed', () => 'e30.e30.e30.e30'],
    ['six parts', 'jwt_malformed', () => 'e30.e30.e30.e30.e30.e30'],
    ['characters beyond base64url', 'jwt_malformed', () => `${unsigned(header)}=`],
    ['a newline at its end', 'jwt_malformed', async () => `${await sign(rsa, header)}\n`],
    ['a header that is no JSON', 'jwt_malformed', () => unsigned('no json')],
    ['a header that is a list', 'jwt_malformed', () => unsigned([])],
    ['a header that is null', 'jwt_malformed', () => unsigned('null')],
    [
      'a header that is no UTF-8',
      'jwt_malformed',
      () => `${Buffer.from('7b22ff227d', 'hex').toString('base64url')}.e30.`,
    ],
    ['a header without alg', 'jwt_malformed', () => unsigned({ kid: 'r' })],
    ['an alg that is no text', 'jwt_malformed', () => unsigned({ alg: ['RS256'] })],
    ['a kid that is no text', 'jwt_malformed', () => unsigned({ alg: 'RS256', kid: 5 })],
    ['a typ that is no text', 'jwt_malformed', () => unsigned({ alg: 'RS256', typ: null })],
    ['[R94] __proto__ in the header', 'jwt_malformed', () => unsigned('{"alg":"RS256","__proto__":{}}')],
    [
      '[RULE 7.5] __proto__ deep in the header',
      'jwt_malformed',
      () => unsigned('{"alg":"RS256","a":[{"__proto__":{}}]}'),
    ],
    ['[R28] an unknown crit', 'jwt_crit', () => unsigned({ ...header, crit: ['exp'], exp: 1 })],
    ['[R28] a crit that jose knows', 'jwt_crit', () => unsigned({ ...header, crit: ['b64'], b64: false })],
    ['[R28] an empty crit', 'jwt_crit', () => unsigned({ ...header, crit: [] })],
    ['[R30] alg none', 'jwt_alg', () => unsigned({ alg: 'none' })],
    ['[R30] alg None', 'jwt_alg', () => unsigned({ alg: 'None' })],
    ['[R29] an alg that is not pinned', 'jwt_alg', () => sign(ec, { alg: 'ES256', kid: 'e' })],
    ['[R29] another alg of the same key', 'jwt_alg', () => sign(rsa, { alg: 'RS512', kid: 'r' })],
    ['[R32] a typ of another kind', 'jwt_typ', () => sign(rsa, { ...header, typ: 'at+jwt' })],
    ['[R32] an empty typ', 'jwt_typ', () => sign(rsa, { ...header, typ: '' })],
    ['a kid that is unknown', 'jwt_key', () => sign(rsa, { ...header, kid: 'x' })],
    ['a kid whose key does not fit', 'jwt_key', () => sign(rsa, { ...header, kid: 'e' })],
    ['another signer', 'jwt_signature', () => sign(makeKey('RSA'), header)],
    ['[R16] a signature XOR 0x5A', 'jwt_signature', async () => flip(await sign(rsa, header))],
    ['an empty signature', 'jwt_signature', () => unsigned(header)],
    ['claims that were changed', 'jwt_signature', async () => (await sign(rsa, header)).replace(/\.[^.]+\./, '.e30.')],
    ['claims that are no JSON', 'jwt_malformed', () => sign(rsa, header, 'no json')],
    ['claims that are a list', 'jwt_malformed', () => sign(rsa, header, [])],
    ['claims that are a text', 'jwt_malformed', () => sign(rsa, header, '"a"')],
    ['[RULE 7.5] __proto__ deep in the claims', 'jwt_malformed', () => sign(rsa, header, '{"a":[{"__proto__":1}]}')],
    ['[RULE 7.3] claims 33 levels deep', 'jwt_malformed', () => sign(rsa, header, nested(33))],
  ];
  it.each(rows)('%s: %s', async (_name, code, jwt) => {
    expect(await refusal(await jwt())).toMatchObject({ code, status: 400 });
  });

  it('is not one whose claims are 32 levels deep', async () => {
    expect((await verifyJwt(await sign(rsa, header, nested(32)), set(rsa), rs256)).claims).toHaveProperty('a');
  });
  it('says what was expected and what came', async () => {
    expect((await refusal(await sign(ec, { alg: 'ES256' }))).message).toBe(
      'expected a JWT signed with RS256, came "ES256"',
    );
    expect((await refusal(await sign(rsa, { alg: 'RS256', typ: 'at+jwt' }))).message).toBe(
      'expected a JWT with typ JWT or none, came "at+jwt"',
    );
  });
  it('[R30] with alg none, even where none is listed', async () => {
    expect(await refusal(unsigned({ alg: 'none' }), set(rsa), { ...rs256, algorithms: ['none'] })).toMatchObject({
      code: 'jwt_alg',
    });
  });
  it('[R28] before any key is looked for', async () => {
    const asked: unknown[] = [];
    const keys = (header: unknown): Promise<KeyObject[]> => (asked.push(header), Promise.resolve([]));
    for (const jwt of [
      'x',
      unsigned({ alg: 'none' }),
      unsigned({ ...header, crit: ['x'] }),
      unsigned({ ...header, typ: 'at+jwt' }),
    ]) {
      await refusal(jwt, keys);
    }
    expect(asked).toEqual([]);
  });
  it('not, but told to try again, where the keys cannot be had', async () => {
    const down = new UnavailableError('no_usable_key', 'down');
    await expect(verifyJwt(await sign(rsa, header), () => Promise.reject(down), rs256)).rejects.toBe(down);
  });
});

describe('[R29] symmetric and asymmetric keys are never taken for each other', () => {
  const hs: VerifyJwtOptions = { algorithms: ['HS256', 'RS256'], types: [undefined] };
  const pem =
    rsa.privateKey &&
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
  const forge = (key: string | Buffer): string => {
    const text = unsigned({ alg: 'HS256' }).slice(0, -1);
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  const oct = { kty: 'oct', k: secret.toString('base64url'), alg: 'HS256' };
  it.each<[string, ErrorCode, string, JwtKeys]>([
    ['HS256 with a key set', 'jwt_alg', forge(pem), set(rsa)],
    ['HS256 with a secret in the key set', 'jwt_alg', forge(secret), { keys: [oct] }],
    [
      'HS256 with a public key that a function finds',
      'jwt_key',
      forge(pem),
      () => Promise.resolve([ec.privateKey, rsa.privateKey]),
    ],
    ['HS256 with an empty secret', 'jwt_key', forge(''), new Uint8Array()],
    ['HS256 with another secret', 'jwt_signature', forge('another'), secret],
    ['RS256 with a secret', 'jwt_key', unsigned({ alg: 'RS256' }, {}, 'AAAA'), secret],
    [
      'RS256 with a private key',
      'jwt_key',
      unsigned({ alg: 'RS256' }, {}, 'AAAA'),
      () => Promise.resolve([rsa.privateKey]),
    ],
    ['RS256 with a private key alone', 'jwt_key', unsigned({ alg: 'RS256' }, {}, 'AAAA'), rsa.privateKey],
    ['HS256 with a public key alone', 'jwt_alg', forge(pem), createPublicKey(pem)],
    ['HS256 with a secret in a key object', 'jwt_alg', forge(secret), createSecretKey(secret)],
    [
      'HS256 with a public key that a function finds alone',
      'jwt_key',
      forge(pem),
      () => Promise.resolve(createPublicKey(pem)),
    ],
  ])('%s: %s', async (_name, code, jwt, keys) => {
    expect(await refusal(jwt, keys, hs)).toMatchObject({ code });
  });
});

describe('[R31] encrypted tokens', () => {
  const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const options: VerifyJwtOptions = { ...rs256, decryptionKeys: [ours.privateKey] };
  const encrypt = (text: string): Promise<string> =>
    encryptFor(ours.publicKey, { alg: 'RSA-OAEP-256', enc: 'A256GCM' }, text);
  const jws = (): Promise<string> => sign(rsa, { alg: 'RS256' });

  it('are opened first, and give the signed token in them', async () => {
    const inner = await jws();
    expect(await verifyJwt(await encrypt(inner), set(rsa), options)).toEqual({
      header: { alg: 'RS256' },
      claims: { sub: 'alice' },
      jws: inner,
    });
  });

  const rows: [name: string, code: ErrorCode, inner: () => string | Promise<string>][] = [
    ['claims that are not signed', 'jwt_malformed', () => '{"sub":"alice"}'],
    ['an encrypted token again', 'jwt_malformed', async () => encrypt(await jws())],
    ['an alg of none', 'jwt_alg', () => unsigned({ alg: 'none' })],
    ['another signer', 'jwt_signature', () => sign(makeKey('RSA'), { alg: 'RS256' })],
  ];
  it.each(rows)('are refused with %s in them: %s', async (_name, code, inner) => {
    expect(await refusal(await encrypt(await inner()), set(rsa), options)).toMatchObject({ code });
  });

  it('are refused in plain words where there is no key for them', async () => {
    expect(await refusal(await encrypt(await jws()))).toMatchObject({
      code: 'jwt_key',
      message: 'expected a JWT that is only signed, came one to be decrypted without a key',
    });
  });
});

describe('[R95] whatever comes', () => {
  it('is refused with an error of ours, in no time', async () => {
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.string(),
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (jwt) => void (await refusal(jwt))),
      { numRuns: 5000 },
    );
  });

  it('is refused where one character of header or claims differs', async () => {
    const jwt = await sign(ec, { alg: 'ES256', kid: 'e' });
    const options = { algorithms: ['ES256'], types: [undefined] };
    const place = fc.nat(jwt.lastIndexOf('.') - 1);
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom(...'aZ09-_'), async (at, character) => {
        fc.pre(jwt[at] !== character && jwt[at] !== '.');
        await refusal(jwt.slice(0, at) + character + jwt.slice(at + 1), set(ec), options);
      }),
      { numRuns: 500 },
    );
  });
});
