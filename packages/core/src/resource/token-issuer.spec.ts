import { decodeJwt } from 'jose';
import { AccessTokens } from '../../test/access-tokens.js';
import { IntrospectionOp, type Question } from '../../test/introspection-op.js';
import { makeKey } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import { type ProviderEvent, subscribe } from '../events.js';
import type { TokenIssuer } from './token-issuer.js';
import type { TokenIssuerOptions } from './token-options.js';

const secret = 'a secret of at least thirty-two bytes';
const header = { alg: 'RS256', kid: 'rsa' };
let tokens: AccessTokens;
beforeAll(async () => (tokens = await AccessTokens.start()));
beforeEach(() => (tokens.op.server.paths.length = 0));
afterAll(() => tokens.stop());

describe('an issuer', () => {
  it('is held to what is said, and touches no network before it is needed', () => {
    const { name, audience, ref, mode, algorithms, mark, introspector } = tokens.tokenIssuer();
    expect([name, audience, mode, mark, introspector]).toEqual([
      tokens.issuer,
      [tokens.audience],
      'jwt',
      undefined,
      undefined,
    ]);
    expect(ref).toEqual({ issuer: tokens.issuer, clientId: tokens.audience });
    expect([algorithms.has('RS256'), algorithms.has('HS256'), algorithms.has('none')]).toEqual([true, false, false]);
    expect(tokens.tokenIssuer({ clientId: 'orders', mode: 'either' }).ref.clientId).toBe('orders');
    expect([...tokens.tokenIssuer({ secret }).algorithms]).toEqual(['HS256']);
    expect([...tokens.tokenIssuer({ algorithms: ['ES256'] }).algorithms]).toEqual(['ES256']);
    expect(tokens.op.server.paths).toEqual([]);
  });

  it.each<[string, Partial<TokenIssuerOptions>]>([
    ['issuer', { issuer: 'http://op.example' }],
    ['issuer', { issuer: 'https://user:sesame@op.example' }],
    ['jwksUri', { jwksUri: 'http://op.example/jwks' }],
    ['jwksUri', { jwksUri: 'https://user:sesame@op.example/jwks' }],
    ['discoveryUrl', { discoveryUrl: 'http://op.example/metadata' }],
  ])('[RULE 1.5] may not have an %s that anybody can read or answer: %j', async (option, options) => {
    const error = await refusal(() => tokens.tokenIssuer(options));
    expect(error.code).toBe('invalid_option');
    expect(error.message).toMatch(new RegExp(`^${option}: expected an https URL \\(http on loopback\\)`));
  });

  it('[RULE 1.6] may, where that is allowed', () => {
    const options = {
      issuer: 'http://op.example',
      jwksUri: 'http://op.example/jwks?a=b',
      discoveryUrl: 'http://op.example/m',
    };
    expect(() => tokens.tokenIssuer(options, { allowHttp: true })).not.toThrow();
  });

  it('[R96] may not have a key that does not open', async () => {
    const decryptionKeys = [makeKey('Ed25519').privateKey];
    expect((await refusal(() => tokens.tokenIssuer({ decryptionKeys }))).message).toMatch(
      /^Option decryptionKeys\[0\]: /,
    );
  });
});

describe('its keys', () => {
  it.each<[string, Partial<TokenIssuerOptions>, string[]]>([
    ['its metadata', {}, ['/.well-known/openid-configuration', '/jwks']],
    [
      'metadata elsewhere',
      { discoveryUrl: 'ISSUER/there/.well-known/openid-configuration' },
      ['/there/.well-known/openid-configuration', '/jwks'],
    ],
    ['an address', { jwksUri: 'ISSUER/jwks?a=b' }, ['/jwks?a=b']],
  ])('come by %s, once', async (_name, given, paths) => {
    const options = JSON.parse(JSON.stringify(given).replaceAll('ISSUER', tokens.issuer)) as typeof given;
    const issuer = tokens.tokenIssuer(options);
    expect([issuer.keyList, issuer.keysHeld(header)]).toEqual([undefined, []]);
    const [one, two] = await Promise.all([issuer.keysFor(header), issuer.keysFor(header)]);
    expect([one, two, issuer.keysHeld(header)]).toEqual([one, one, one]);
    expect(issuer.keyList?.map(({ key }) => key)).toEqual(one);
    expect(issuer.keyList).toBe(issuer.keyList);
    expect(tokens.op.server.paths).toEqual(paths);
  });

  it('are a secret where there is one', () => {
    const issuer = tokens.tokenIssuer({ secret });
    expect(issuer.keysHeld({ alg: 'HS256' })).toEqual([new TextEncoder().encode(secret)]);
    expect(issuer.keyList).toBe(issuer.keyList);
  });

  it.each<[string, string, number, Record<string, unknown>]>([
    ['metadata of another issuer', 'issuer_mismatch', 500, { issuer: 'https://evil.example' }],
    ['metadata without keys', 'invalid_metadata', 500, { jwks_uri: undefined }],
    ['keys by another scheme', 'invalid_metadata', 500, { jwks_uri: 'file:///etc/passwd' }],
  ])('[R24] cannot be had by %s: that is the configuration’s fault', async (_name, code, status, metadata) => {
    tokens.op.metadata = metadata;
    expect(await refusal(() => tokens.tokenIssuer().keysFor(header))).toMatchObject({ code, status });
    tokens.op.metadata = {};
  });

  it('[R99] are told of, and their absence too', async () => {
    const heard: unknown[] = [];
    const unsubscribe = subscribe('latchkey:provider', ({ client, type, ...event }: ProviderEvent) =>
      heard.push([client.clientId, type, (event as { endpoint?: string }).endpoint]),
    );
    await tokens.tokenIssuer().keysFor(header);
    tokens.op.keys = [];
    await refusal(() => tokens.tokenIssuer().keysFor(header));
    tokens.op.keys = [makeKey('P-256').jwk];
    unsubscribe();
    expect(heard).toEqual([
      [tokens.audience, 'metadata_fetched', undefined],
      [tokens.audience, 'keys_fetched', undefined],
      [tokens.audience, 'metadata_fetched', undefined],
      [tokens.audience, 'unreachable', 'keys'],
    ]);
  });
});

describe('[R78] its word about tokens', () => {
  let op: IntrospectionOp;
  beforeEach(async () => {
    op = await IntrospectionOp.start();
    op.answer = op.good(tokens.clock);
  });
  afterEach(() => op.op.server.stop());

  const asking = (more: Partial<TokenIssuerOptions>): TokenIssuer =>
    tokens.tokenIssuer({ issuer: op.op.issuer, mode: 'introspection', clientId: 'orders', ...more });
  async function question(more: Partial<TokenIssuerOptions>): Promise<Question> {
    await asking(more).introspector!.introspect('t');
    return op.asked.at(-1)!;
  }

  it('is asked for with the authentication that is configured', async () => {
    const basic = await question({ clientSecret: 's' });
    expect(basic.headers.authorization).toBe(`Basic ${Buffer.from('orders:s').toString('base64')}`);
    const post = await question({ clientSecret: 's', clientAuthMethod: 'client_secret_post' });
    expect([post.form.get('client_id'), post.form.get('client_secret')]).toEqual(['orders', 's']);
    const none = await question({});
    expect([none.form.get('client_id'), none.headers.authorization]).toEqual(['orders', undefined]);
  });

  it.each(['issuer', 'token_endpoint'] as const)(
    '[R33] is asked for with a key, for the %s',
    async (clientAssertionAudience) => {
      const { form, headers } = await question({ clientKeys: [makeKey('P-256').privateKey], clientAssertionAudience });
      expect(decodeJwt(form.get('client_assertion') ?? '')).toMatchObject({
        iss: 'orders',
        sub: 'orders',
        aud: { issuer: op.op.issuer, token_endpoint: `${op.op.issuer}/token` }[clientAssertionAudience],
        exp: tokens.now + 60,
      });
      expect(headers.authorization).toBeUndefined();
    },
  );

  it.each<[string, Partial<TokenIssuerOptions>, boolean]>([
    ['by the issuer’s keys', {}, true],
    ['by an algorithm that is not configured', { algorithms: ['ES256'] }, false],
    ['by the issuer’s keys, where access tokens are by a secret', { secret, algorithms: ['HS256'] }, true],
  ])('[RFC 9701] may be signed %s', async (_name, more, taken) => {
    op.op.keys = tokens.jwks;
    op.contentType = 'application/token-introspection+jwt';
    const claims = { iss: op.op.issuer, aud: 'orders', iat: tokens.now, token_introspection: op.answer };
    op.answer = await tokens.signed(
      { alg: 'RS256', kid: 'rsa', typ: 'token-introspection+jwt' },
      JSON.stringify(claims),
    );
    const introspected = asking({ mode: 'either', ...more }).introspector!.introspect('t');
    if (taken) await expect(introspected).resolves.toMatchObject({ sub: 'ada' });
    else
      expect(await refusal(() => introspected)).toMatchObject({ code: 'op_unreachable', cause: { code: 'jwt_alg' } });
  });
});
