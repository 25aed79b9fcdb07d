import type { IncomingMessage, ServerResponse } from 'node:http';
import { TestClock } from '../../test/clock.js';
import { makeKey, sign, suiteKeys, type TestKey } from '../../test/keys.js';
import { TestOp } from '../../test/op.js';
import { ResponseError, UnavailableError, type OidcError } from '../errors.js';
import { Http } from '../http.js';
import { Jwks, type KeyBucket } from './jwks.js';
import { verifyJwt } from './verify-jwt.js';

const hour = 3_600_000;
const [a, b, c] = ['a', 'b', 'c'].map((kid) => makeKey('RSA', { kid })) as [TestKey, TestKey, TestKey];
const http = new Http();
let op: TestOp;
let clock: TestClock;
let jwks: Jwks;
beforeEach(async () => {
  op = await TestOp.start();
  op.keys = [a.jwk];
  clock = new TestClock();
  jwks = new Jwks({ uri: () => Promise.resolve(`${op.issuer}/jwks`), http, clock });
});
afterEach(() => op.server.stop());
afterAll(() => http.close());

const find = (kid: string, bucket: KeyBucket = 'requests'): Promise<readonly unknown[]> =>
  jwks.keysFor({ alg: 'RS256', kid }, bucket);
async function failure(kid: string, bucket: KeyBucket = 'requests'): Promise<OidcError> {
  return (await find(kid, bucket).then(
    () => undefined,
    (reason: unknown) => reason,
  )) as OidcError;
}
const fetches = (): number => op.fetches('jwks');
/** Lets the OP answer fetches of its keys only when told to. */
function hold(): { asked: () => Promise<void>; release: () => void } {
  const waiting: (() => void)[] = [];
  op.answers.set('/jwks', (_req: IncomingMessage, res: ServerResponse) => {
    const body = JSON.stringify({ keys: op.keys }); // as they are when the OP is asked
    waiting.push(() => res.writeHead(200, { 'content-type': 'application/json' }).end(body));
  });
  return { asked: () => op.server.nextRequest(), release: () => waiting.shift()!() };
}

describe('[RULE 7.1] a key that is known', () => {
  it('[R25] is fetched once for 64 who wait', async () => {
    const found = await Promise.all(Array.from({ length: 64 }, () => find('a')));
    expect(found.every((keys) => keys.length === 1)).toBe(true);
    expect(fetches()).toBe(1);
    await find('a');
    expect(fetches()).toBe(1);
  });

  it('stays the same object when the set is fetched again', async () => {
    const [before] = await find('a');
    op.keys = [b.jwk, a.jwk];
    await find('b');
    expect((await find('a'))[0]).toBe(before);
  });

  it('is gone with the set that it has left', async () => {
    await find('a');
    op.keys = [b.jwk];
    await find('b');
    expect(await failure('a')).toMatchObject({ code: 'jwt_key' });
  });

  it('is served on when it is stale, and fetched behind that once', async () => {
    await find('a');
    const { asked, release } = hold();
    clock.advance(hour);
    const request = asked();
    await Promise.all(Array.from({ length: 64 }, () => find('a')));
    await request;
    expect(fetches()).toBe(2);
    release();
  });
});

describe('[RULE 7.1] a key that is new', () => {
  it('[R25] is fetched at once, right after a fetch too: signing-key-rotation-just-before-signing', async () => {
    await find('a');
    op.keys = [a.jwk, b.jwk];
    expect(await find('b')).toHaveLength(1);
    expect(fetches()).toBe(2);
  });

  it('[R25] is fetched once for 64 who wait', async () => {
    await find('a');
    op.keys = [b.jwk];
    const found = await Promise.all(Array.from({ length: 64 }, () => find('b')));
    expect(found.every((keys) => keys.length === 1)).toBe(true);
    expect(fetches()).toBe(2);
  });

  it('is fetched again for whoever joined a fetch that began before it came', async () => {
    const { asked, release } = hold();
    const [first, request] = [find('a'), asked()];
    await request;
    op.keys = [a.jwk, b.jwk]; // rotated while the answer with the old set is on its way
    const joined = Array.from({ length: 64 }, () => find('b'));
    const again = asked();
    release();
    await first;
    await again;
    release();
    expect((await Promise.all(joined)).every((keys) => keys.length === 1)).toBe(true);
    expect(fetches()).toBe(2);
  });

  it('is not fetched a second time where the fetch began after it was asked for', async () => {
    expect(await failure('b')).toMatchObject({ code: 'jwt_key' });
    expect(fetches()).toBe(1);
  });

  it('of a type that the set does not have yet is fetched too, without kid', async () => {
    await find('a');
    op.keys = [a.jwk, makeKey('P-256').jwk];
    expect(await jwks.keysFor({ alg: 'ES256' }, 'tokens')).toHaveLength(1);
  });
});

describe('[D15] [RULE 7.1] a flood of unknown kids', () => {
  const flood = async (prefix: string): Promise<OidcError[]> => {
    const errors: OidcError[] = [];
    for (let n = 0; n < 64; n++) errors.push(await failure(`${prefix}${n}`));
    return errors;
  };

  it('at once is one fetch, and refused cleanly', async () => {
    await find('a');
    const errors = await Promise.all(Array.from({ length: 64 }, (_, n) => failure(`bogus${n}`)));
    expect(errors.every((error) => error instanceof ResponseError && error.code === 'jwt_key')).toBe(true);
    expect(fetches()).toBe(2);
  });

  it('one after the other is five fetches, and refused cleanly', async () => {
    await find('a');
    const errors = await flood('bogus');
    expect(errors.every((error) => error instanceof ResponseError && error.code === 'jwt_key')).toBe(true);
    expect(fetches()).toBe(1 + 5);
    expect(errors[0]!.headers).not.toHaveProperty('Retry-After');
    expect(errors[63]!.headers).toEqual({ 'Retry-After': '10' });
    expect(errors[63]!.message).toBe(
      'expected a JWT signed with a key of the issuer\'s JWKS, which holds ["a"], came RS256 with kid "bogus63"',
    );
  });

  it('leaves the budget of logins alone', async () => {
    await find('a');
    await flood('bogus');
    op.keys = [a.jwk, b.jwk];
    expect(await find('b', 'tokens')).toHaveLength(1);
    expect(fetches()).toBe(1 + 5 + 1);
    expect(await find('b')).toHaveLength(1);
  });

  it('leaves known keys alone, and lets a new one in every 10 s', async () => {
    await find('a');
    await flood('bogus');
    op.keys = [a.jwk, b.jwk];
    expect(await find('a')).toHaveLength(1);
    expect(await failure('b')).toBeInstanceOf(ResponseError);
    clock.advance(10_000);
    expect(await find('b')).toHaveLength(1);
  });

  it('blames the OP, not the token, when the last good fetch is more than 10 s ago', async () => {
    await find('a');
    await flood('bogus');
    await op.server.stop();
    clock.advance(10_000); // one more fetch, which fails
    expect(await failure('late')).toMatchObject({ code: 'op_unreachable', status: 503 });
    clock.advance(2_000); // none left
    const error = await failure('later');
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ code: 'no_usable_key', status: 503, headers: { 'Retry-After': '10' } });
  });
});

describe('[D21] an OP that fails', () => {
  it('is unavailable where nothing is known, and is not asked again for 2 s', async () => {
    await op.server.stop();
    expect(await failure('a')).toMatchObject({ code: 'op_unreachable', status: 503 });
    await op.server.listen();
    expect(await failure('a')).toMatchObject({ code: 'op_unreachable', status: 503 });
    expect(fetches()).toBe(0);
    clock.advance(2_000);
    expect(await find('a')).toHaveLength(1);
  });

  it('is unavailable to a token with an unknown kid, and does not harm one with a known', async () => {
    await find('a');
    await op.server.stop();
    expect(await failure('b')).toMatchObject({ code: 'op_unreachable', status: 503 });
    expect(await find('a')).toHaveLength(1);
    clock.advance(23 * hour);
    expect(await find('a')).toHaveLength(1);
    clock.advance(hour);
    expect(await failure('a')).toMatchObject({ code: 'op_unreachable', status: 503 });
  });

  it.each<[string, string]>([
    ['no JSON', 'keys'],
    ['no object', '[]'],
    ['no keys', '{}'],
    ['keys that are no list', '{"keys":{}}'],
    ['an empty list', '{"keys":[]}'],
    ['no key that is usable', JSON.stringify({ keys: [makeKey('secp256k1').jwk, { ...a.jwk, use: 'enc' }] })],
    ['[R94] __proto__', `{"keys":[${JSON.stringify(a.jwk)}],"__proto__":{}}`],
  ])('has no keys with %s: 503, and evicts nothing', async (_name, body) => {
    const broken = (_req: IncomingMessage, res: ServerResponse): void =>
      void res.writeHead(200, { 'content-type': 'application/json' }).end(body);
    await find('a');
    op.answers.set('/jwks', broken);
    expect(await failure('b')).toMatchObject({ code: 'no_usable_key', status: 503 });
    expect(await find('a')).toHaveLength(1);
    const fresh = new Jwks({ uri: () => Promise.resolve(`${op.issuer}/jwks`), http, clock });
    await expect(fresh.keysFor({ alg: 'RS256' }, 'tokens')).rejects.toMatchObject({
      code: 'no_usable_key',
      status: 503,
    });
  });
});

describe('the set of the conformance suite', () => {
  const keys = suiteKeys();
  const verify = async (key: TestKey, header: { alg: string; kid?: string }): Promise<unknown> => {
    const options = { algorithms: [header.alg], types: [undefined] };
    return (await verifyJwt(await sign(key, header), (each) => jwks.keysFor(each, 'tokens'), options)).claims;
  };
  beforeEach(() => {
    op.keys = Object.values(keys).map(({ jwk }) => jwk);
  });

  it.each([
    ['rsa1', 'RS256'],
    ['rsa2', 'RS256'],
    ['ec1', 'ES256'],
    ['ec2', 'ES256'],
    ['ed', 'EdDSA'],
  ])('[R26] serves %s with %s', async (kid, alg) => {
    expect(await verify(keys[kid]!, { alg, kid })).toEqual({ sub: 'alice' });
    expect(await verify(keys[kid]!, { alg })).toEqual({ sub: 'alice' });
    expect(fetches()).toBe(1);
  });

  it.each(['rsaEnc', 'ecEnc'])('[R26] never serves %s', async (kid) => {
    await expect(verify(keys[kid]!, { alg: kid === 'rsaEnc' ? 'RS256' : 'ES256', kid })).rejects.toMatchObject({
      code: 'jwt_key',
    });
  });

  it('[R25] serves two logins with a rotation between them: signing-key-rotation', async () => {
    expect(await verify(keys.rsa1!, { alg: 'RS256', kid: 'rsa1' })).toEqual({ sub: 'alice' });
    op.keys = [c.jwk];
    expect(await verify(c, { alg: 'RS256', kid: 'c' })).toEqual({ sub: 'alice' });
    expect(fetches()).toBe(2);
  });
});
