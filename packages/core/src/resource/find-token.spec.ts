import { createPublicKey } from 'node:crypto';
import { AccessTokens, type Made } from '../../test/access-tokens.js';
import { IntrospectionOp } from '../../test/introspection-op.js';
import { encryptFor, makeKey, unsigned } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import { FoundTokens, type KnownToken } from './find-token.js';
import type { TokenIssuer } from './token-issuer.js';
import type { TokenMode, TokenIssuerOptions } from './token-options.js';

const mine = makeKey('RSA');
const foreign = makeKey('RSA');
const secret = 'a secret of at least thirty-two bytes';

/** Signs JWTs, and answers nothing. */
let tokens: AccessTokens;
/** Answers about tokens, and signs JWTs by the same keys. */
let asked: IntrospectionOp;
beforeAll(async () => {
  tokens = await AccessTokens.start();
  asked = await IntrospectionOp.start();
  asked.op.keys = tokens.op.keys;
});
beforeEach(() => {
  asked.asked.length = 0;
  asked.answer = asked.good(tokens.clock);
  for (const { server } of [tokens.op, asked.op]) server.paths.length = 0;
});
afterAll(() => Promise.all([tokens.stop(), asked.op.server.stop()]));

/** The issuer that answers about tokens. */
const asking = (mode: TokenMode, more: Partial<TokenIssuerOptions> = {}): TokenIssuer =>
  tokens.tokenIssuer({ issuer: asked.op.issuer, clientId: 'orders', mode, ...more });

const of = (...issuers: TokenIssuer[]): FoundTokens => new FoundTokens(issuers, { maxRemembered: 100 });
const moment = (): Parameters<FoundTokens['find']>[1] => ({ now: tokens.now, tolerance: 60, latest: tokens.now + 60 });
const find = async (found: FoundTokens, token: string): Promise<KnownToken> => found.find(token, moment());
const recall = (found: FoundTokens, token: string): KnownToken | undefined => found.recall(token, moment());
/** What was sent to both OPs. */
const sent = (): string[] => [...tokens.op.server.paths, ...asked.op.server.paths];

describe('[R76] [D13] a JWT of an issuer that is not known causes no fetch', () => {
  const issuers: [string, () => TokenIssuer[]][] = [
    ['jwt', () => [tokens.tokenIssuer()]],
    ['a secret', () => [tokens.tokenIssuer({ secret })]],
    ['introspection', () => [asking('introspection')]],
    ['either', () => [asking('either')]],
    ['several', () => [tokens.tokenIssuer(), asking('either')]],
  ];
  const unknown: [string, unknown][] = [
    ['another', 'https://evil.example'],
    ['a URL below ours', 'ISSUER/realms/evil'],
    ['ours with a slash', 'ISSUER/'],
    ['ours in a list', ['ISSUER']],
    ['a number', 5],
    ['null', null],
    ['an empty text', ''],
    ['a name that every object has', 'constructor'],
  ];
  const rows = issuers.flatMap(([mode, made]) => unknown.map(([name, iss]) => [mode, name, made, iss] as const));

  it.each(rows)('%s: %s', async (_mode, _name, made, iss) => {
    const own = made()[0]!.name;
    const claim = JSON.parse(JSON.stringify(iss).replaceAll('ISSUER', own)) as unknown;
    const token = await tokens.token({ claims: { iss: claim } });
    expect(await refusal(() => find(of(...made()), token))).toMatchObject({ code: 'access_token_iss' });
    expect(sent()).toEqual([]);
  });
});

describe('[R78] what is no JWT of a known issuer', () => {
  it.each(['opaque', 'a.b.c', 'e30.e30.e30', 'a.b', 'a.b.c.d', 'a+b/c==', 'a.b.c.d.e'])(
    '%j is asked about where somebody can be',
    async (token) => {
      for (const mode of ['introspection', 'either'] as const)
        expect((await find(of(tokens.tokenIssuer(), asking(mode)), token)).auth).toMatchObject({
          sub: 'ada',
          issuer: asked.op.issuer,
        });
      expect(asked.asked.map(({ form }) => form.get('token'))).toEqual([token, token]);
      expect(await refusal(() => find(of(tokens.tokenIssuer()), token))).toMatchObject({ code: 'jwt_malformed' });
    },
  );

  it('is asked about where it is a JWT that names nobody, and refused where nobody can be asked', async () => {
    const token = await tokens.token({ claims: { iss: undefined } });
    for (const mode of ['introspection', 'either'] as const) {
      await find(of(asking(mode)), token);
      await find(of(tokens.tokenIssuer(), asking(mode)), token);
    }
    expect(asked.asked).toHaveLength(4);
    expect(await refusal(() => find(of(tokens.tokenIssuer()), token))).toMatchObject({
      code: 'access_token_iss',
      message: `Expected iss "${tokens.issuer}", came nothing.`,
    });
    expect(asked.op.fetches('jwks') + tokens.op.fetches('jwks')).toBe(0);
  });

  it('is refused before it is asked about where no token looks like it', async () => {
    for (const token of ['', 'a b', 'ä'])
      expect(await refusal(() => find(of(asking('either')), token))).toMatchObject({ code: 'invalid_request' });
    expect(sent()).toEqual([]);
  });

  it('is refused where its header demands what nobody understands', async () => {
    const token = unsigned({ alg: 'RS256', crit: ['x'] }, tokens.claims(), 'x');
    for (const issuer of [tokens.tokenIssuer(), asking('introspection')])
      expect(await refusal(() => find(of(issuer), token))).toMatchObject({ code: 'jwt_crit' });
  });
});

describe('[R78] a JWT of the issuer that can be asked', () => {
  const made = (more: Made = {}): Promise<string> =>
    tokens.token({ ...more, claims: { iss: asked.op.issuer, ...more.claims } });

  it('is verified here where either is meant, good or bad, and never asked about', async () => {
    const found = of(asking('either'));
    expect((await find(found, await made())).auth.claims.jti).toBe('j');
    for (const bad of [{ key: foreign }, { header: { typ: 'JWT' } }, { claims: { aud: 'x' } }, { claims: { exp: 1 } }])
      await refusal(async () => find(found, await made(bad)));
    expect(asked.asked).toHaveLength(0);
  });

  it('is asked about where introspection is meant, whatever it says: no keys are fetched', async () => {
    asked.answer = asked.good(tokens.clock, { jti: 'by the OP’s word' });
    const token = await made({ key: foreign });
    expect((await find(of(asking('introspection')), token)).auth.claims.jti).toBe('by the OP’s word');
    expect([asked.asked.length, asked.op.fetches('jwks')]).toEqual([1, 0]);
  });

  it('[D13] of another known issuer is never shown to it', async () => {
    const found = of(tokens.tokenIssuer(), asking('introspection'));
    await find(found, await tokens.token());
    await refusal(async () => find(found, await tokens.token({ key: foreign })));
    await refusal(async () => find(found, await tokens.token({ header: { kid: 'none' } })));
    expect(asked.op.server.paths).toEqual([]);
  });

  it('[D13] is verified with the keys of its own issuer alone', async () => {
    const other = await AccessTokens.start();
    other.op.keys = [foreign.jwk];
    const found = of(tokens.tokenIssuer(), other.tokenIssuer());
    const header = { kid: undefined };
    expect((await find(found, await other.token({ key: foreign, header }))).auth.issuer).toBe(other.issuer);
    expect(await refusal(async () => find(found, await other.token({ header })))).toMatchObject({
      code: 'jwt_signature',
    });
    expect(await refusal(async () => find(found, await tokens.token({ key: foreign, header })))).toMatchObject({
      code: 'jwt_signature',
    });
    await other.stop();
  });
});

describe('an encrypted token', () => {
  const header = { alg: 'RSA-OAEP-256', enc: 'A256GCM' };
  const seal = (text: string, key = mine): Promise<string> => encryptFor(createPublicKey(key.privateKey), header, text);
  const opening = (): TokenIssuer => tokens.tokenIssuer({ decryptionKeys: [mine.privateKey] });

  it('holds a signed one, and is remembered by its own text', async () => {
    const found = of(opening());
    const [inner, other] = [await tokens.token(), await tokens.token({ claims: { jti: 'k' } })];
    const token = await seal(inner);
    const known = await find(found, token);
    expect([known.auth.token, known.auth.sub]).toEqual([token, 'ada']);
    expect([recall(found, token), recall(found, inner)]).toEqual([known, undefined]);
    expect((await find(found, other)).auth.sub).toBe('ada');
  });

  it.each<[string, string, () => Promise<string>]>([
    ['to a foreign key', 'jwt_key', async () => seal(await tokens.token(), foreign)],
    ['around a text', 'jwt_malformed', () => seal('text')],
    ['around claims that nobody signed', 'jwt_malformed', () => seal(JSON.stringify(tokens.claims()))],
    ['around an unsigned token', 'jwt_alg', () => seal(unsigned({ alg: 'none', typ: 'at+jwt' }, tokens.claims()))],
    ['around an encrypted one', 'jwt_malformed', async () => seal(await seal(await tokens.token()))],
    [
      'around one of a foreign issuer',
      'access_token_iss',
      async () => seal(await tokens.token({ claims: { iss: 'x' } })),
    ],
    [
      'by a shared secret',
      'jwt_alg',
      () => Promise.resolve(`${unsigned({ alg: 'dir', enc: 'A256GCM' }, 'x', 'x').replace('..', '.')}.y.z`),
    ],
  ])('is refused %s: %s', async (_name, code, made) => {
    expect(await refusal(async () => find(of(opening()), await made()))).toMatchObject({ code });
  });

  it('is refused where there is no key, and asked about where the OP may know it', async () => {
    const token = await seal('text');
    expect(await refusal(() => find(of(tokens.tokenIssuer()), token))).toMatchObject({ code: 'jwt_malformed' });
    await find(of(opening(), asking('introspection')), token);
    await find(of(opening(), asking('introspection')), await seal('text', foreign));
    expect(asked.asked).toHaveLength(2);
  });
});

describe('[R88] [RULE 6.2] a token that was verified', () => {
  it('is known again, with the same claims', async () => {
    const found = of(tokens.tokenIssuer());
    const token = await tokens.token();
    expect(recall(found, token)).toBeUndefined();
    const known = await find(found, token);
    expect([recall(found, token), recall(found, token)]).toEqual([known, known]);
    expect([recall(found, token.slice(1)), recall(found, `${token}A`)]).toEqual([undefined, undefined]);
  });

  it('is not known again where it was refused, or where the OP answered for it', async () => {
    const found = of(tokens.tokenIssuer(), asking('introspection'));
    const bad = await tokens.token({ key: foreign });
    await refusal(() => find(found, bad));
    await find(found, 'opaque');
    expect([recall(found, bad), recall(found, 'opaque')]).toEqual([undefined, undefined]);
  });

  it.each<[string, Record<string, number>, number, boolean]>([
    ['just before its end', { exp: 1_800_000_600 }, 659, true],
    ['at its end', { exp: 1_800_000_600 }, 660, false],
    ['before its beginning: a clock was turned back', { nbf: 1_800_000_000 }, -61, false],
    ['before it was issued', { iat: 1_800_000_000 }, -61, false],
    ['just within the tolerance of that', { nbf: 1_800_000_000 }, -60, true],
  ])('[RULE 5.1] is judged by the time at every hit: %s', async (_name, claims, seconds, holds) => {
    const found = of(tokens.tokenIssuer());
    const token = await tokens.token({ claims: { iat: 1_799_999_000, ...claims } });
    await find(found, token);
    tokens.clock.advance(seconds * 1000);
    expect(recall(found, token) !== undefined).toBe(holds);
    if (!holds)
      expect(await refusal(() => find(found, token))).toMatchObject({
        code: expect.stringMatching(/exp|nbf|iat/) as string,
      });
    tokens.clock.advance(-seconds * 1000);
  });

  it('goes along with its key when that leaves the keys, and comes back with it', async () => {
    const own = await AccessTokens.start();
    const [before] = [own.op.keys as object[]];
    const found = of(own.tokenIssuer());
    const at = (): Parameters<FoundTokens['find']>[1] => ({ now: own.now, tolerance: 60, latest: own.now + 60 });
    const token = await own.token({ claims: { exp: 1_800_100_000 } });
    /** Waits until the keys that are expired were fetched again. */
    const refreshed = async (keys: object[]): Promise<void> => {
      own.op.keys = keys;
      const fetched = own.op.fetches('jwks');
      own.clock.advance(3_600_000);
      await refusal(async () => found.find(await own.token({ header: { kid: 'none' } }), at()));
      expect(own.op.fetches('jwks')).toBeGreaterThan(fetched);
    };
    await found.find(token, at());
    await refreshed([foreign.jwk, ...before]);
    expect(found.recall(token, at())?.auth.sub).toBe('ada');
    await refreshed([foreign.jwk]);
    expect(found.recall(token, at())).toBeUndefined();
    expect(await refusal(async () => found.find(token, at()))).toMatchObject({ code: 'jwt_key' });
    await refreshed(before);
    expect((await found.find(token, at())).auth.sub).toBe('ada');
    await own.stop();
  });

  it('[RULE 7.1] outlives an outage of 24 hours and no longer: then 503', async () => {
    const own = await AccessTokens.start();
    const found = of(own.tokenIssuer());
    const at = (): Parameters<FoundTokens['find']>[1] => ({ now: own.now, tolerance: 60, latest: own.now + 60 });
    const [seen, unseen] = await Promise.all(
      ['a', 'b'].map((jti) => own.token({ claims: { jti, exp: 1_800_100_000 } })),
    );
    await found.find(seen!, at());
    await own.stop();
    own.clock.advance(24 * 3_600_000 - 1000);
    expect(found.recall(seen!, at())?.auth.sub).toBe('ada');
    expect((await found.find(unseen!, at())).auth.sub).toBe('ada');
    own.clock.advance(1000);
    expect(found.recall(seen!, at())).toBeUndefined();
    expect(await refusal(async () => found.find(seen!, at()))).toMatchObject({ code: 'op_unreachable', status: 503 });
  });

  it('by a secret needs no keys, and no network', async () => {
    const found = of(tokens.tokenIssuer({ secret }));
    const token = await tokens.token({ header: { alg: 'HS256' }, key: Buffer.from(secret) });
    const known = found.find(token, moment());
    expect(known).not.toBeInstanceOf(Promise);
    expect(recall(found, token)).toBe(known);
    expect(sent()).toEqual([]);
  });

  it('is taken at once when it was never seen, where its key is there', async () => {
    const found = of(tokens.tokenIssuer());
    await find(found, await tokens.token());
    for (let n = 0; n < 101; n++) {
      const known = found.find(await tokens.token({ header: { n }, claims: { jti: `${n}` } }), moment());
      expect(known).toMatchObject({ auth: { sub: 'ada' } });
    }
  });
});
