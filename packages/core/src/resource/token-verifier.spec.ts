import { inspect } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import { AccessTokens, type Brought, invalidToken, type Made, refused, requestWith } from '../../test/access-tokens.js';
import { makeCertificate } from '../../test/certificates.js';
import { prove, type ProofFor } from '../../test/dpop.js';
import { IntrospectionOp } from '../../test/introspection-op.js';
import { makeKey } from '../../test/keys.js';
import { until } from '../../test/machines.js';
import { refusal } from '../../test/refusal.js';
import { DeniedError } from '../errors.js';
import { subscribe } from '../events.js';
import { MemoryStore } from '../session/memory-store.js';
import { dpopAlgorithms } from './dpop.js';
import type { TokenOptions } from './token-options.js';
import { TokenVerifier, type Verdict } from './token-verifier.js';
import type { VerifiedToken } from './verified-token.js';

const holder = makeKey('P-256');
const stranger = makeKey('P-256');
const [mine, other] = [makeCertificate('client'), makeCertificate('other')];
const algs = `algs="${dpopAlgorithms.join(' ')}"`;
const again = 'The user must authenticate again, or better.';
const unbound = 'The access token is bound to its sender, who was not shown to have sent it.';
const noAccess = 'This is no access token.';
let jkt: string;
let tokens: AccessTokens;

beforeAll(async () => {
  tokens = await AccessTokens.start();
  jkt = await calculateJwkThumbprint(holder.jwk);
});
beforeEach(() => (tokens.op.server.paths.length = 0));
afterAll(() => tokens.stop());

/** The verdict about a request with a token that is made so. */
async function verify(
  options: Partial<TokenOptions> = {},
  made: Made = {},
  brought: Brought = {},
): Promise<VerifiedToken | undefined> {
  return tokens.verifier(options).verify(requestWith(await tokens.token(made), brought));
}

describe('[R74] a good token', () => {
  it('is what the guards give on: typed claims, scopes as a set, the raw token', async () => {
    const token = await tokens.token({ claims: { roles: ['cook'] } });
    const auth = (await tokens.verifier().verify(requestWith(token)))!;
    expect(auth).toMatchObject({
      issuer: tokens.issuer,
      scheme: 'Bearer',
      sub: 'ada',
      clientId: 'web',
      isClient: false,
    });
    expect([auth.token, auth.expiresAt, auth.claims.roles]).toEqual([token, tokens.now + 600, ['cook']]);
    expect(auth.scopes).toEqual(new Set(['read', 'write']));
  });

  it('cannot be changed by one request for the next', async () => {
    const auth = (await verify({}, { claims: { roles: ['cook'], deep: { a: [1] } } }))!;
    for (const part of [auth, auth.claims, auth.claims.roles, auth.claims.deep, (auth.claims.deep as { a: object }).a])
      expect(Object.isFrozen(part)).toBe(true);
    expect(() => (auth.scopes as Set<string>).add('admin')).toThrow(TypeError);
  });

  it('[RULE 5.6] says that a client acts for itself', async () => {
    expect(await verify({}, { claims: { sub: 'machine', client_id: 'machine' } })).toMatchObject({ isClient: true });
  });

  it('[R88] that was seen before is decided about at once: no promise, no network, the same object', async () => {
    const verifier = tokens.verifier({ scope: 'read', maxAge: 600 });
    const request = requestWith(await tokens.token({ claims: { auth_time: tokens.now } }));
    const first = await verifier.verify(request);
    tokens.op.server.paths.length = 0;
    const second: Verdict = verifier.verify(request);
    expect(second).not.toBeInstanceOf(Promise);
    expect(second).toBe(first);
    expect(tokens.op.server.paths).toEqual([]);
  });

  it('[R88] is verified anew where nothing may be remembered', async () => {
    const verifier = tokens.verifier({ maxRemembered: 0 });
    const request = requestWith(await tokens.token());
    const first = await verifier.verify(request);
    const second: Verdict = verifier.verify(request);
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
  });

  it('[RULE 6.2] was good at one API, and is judged by the next for itself', async () => {
    const token = await tokens.token();
    await tokens.verifier().verify(requestWith(token));
    const next = tokens.verifier({ audience: 'https://other.example' });
    expect(await refused(() => next.verify(requestWith(token)))).toMatchObject({ cause: 'access_token_aud' });
  });
});

describe('[R71] no credentials: 401, and a challenge that blames nobody', () => {
  const required = { status: 401, code: 'token_required' };
  const baseUrl = 'https://api.example';
  it.each<[string, string, Partial<TokenOptions>, Brought?]>([
    ['nothing', 'Bearer', {}],
    ['another scheme', 'Bearer', {}, { headers: { authorization: 'Basic YTpi' } }],
    ['[R69] a token in the query', 'Bearer', {}, { target: '/?access_token=abc' }],
    [
      '[R69] a form, where none is taken',
      'Bearer',
      {},
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: { access_token: 'abc' },
      },
    ],
    ['[R79] nothing, where proofs are taken', `Bearer, DPoP ${algs}`, { dpop: true, baseUrl }],
    ['[R79] nothing, where proofs are needed', `DPoP ${algs}`, { dpop: { required: true }, baseUrl }],
    ['[R85] nothing, with a name that has quotes', 'Bearer realm="\\"a\\" \\\\ b"', { realm: '"a" \\ b' }],
    [
      '[R83] nothing, with metadata',
      'Bearer resource_metadata="https://api.example/.well-known/oauth-protected-resource/v1"',
      { resource: 'https://api.example/v1' },
    ],
    [
      '[RULE 6.8] a preflight, where it is not said to pass',
      'Bearer',
      {},
      { method: 'OPTIONS', headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' } },
    ],
    [
      '[RULE 6.8] a preflight without origin',
      'Bearer',
      { preflight: 'pass' },
      { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } },
    ],
    [
      '[RULE 6.8] an OPTIONS that is no preflight',
      'Bearer',
      { preflight: 'pass' },
      { method: 'OPTIONS', headers: { origin: 'https://a.example' } },
    ],
    [
      '[RULE 6.8] a GET that looks like a preflight',
      'Bearer',
      { preflight: 'pass' },
      { headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' } },
    ],
  ])('%s', async (_name, challenge, options, brought = {}) => {
    expect(await refused(() => tokens.verifier(options).verify(requestWith(undefined, brought)))).toEqual({
      ...required,
      challenge,
    });
    expect(tokens.op.server.paths).toEqual([]);
  });

  it.each<[string, Partial<TokenOptions>, Brought]>([
    ['[R86] nothing, where that is allowed', { optional: true }, {}],
    [
      '[R86] another scheme, where nothing is allowed',
      { optional: true },
      { headers: { authorization: 'Basic YTpi' } },
    ],
    [
      '[RULE 6.8] a preflight, where it may',
      { preflight: 'pass' },
      { method: 'OPTIONS', headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' } },
    ],
  ])('%s passes', (_name, options, brought) => {
    expect(tokens.verifier(options).verify(requestWith(undefined, brought))).toBeUndefined();
  });
});

describe('[R70] [R72] what cannot be read: 400', () => {
  const challenge =
    'Bearer error="invalid_request", error_description="The request brings no credentials that can be read, or several."';
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  it.each<[string, string | undefined, Brought, Partial<TokenOptions>?]>([
    ['a scheme alone', undefined, { headers: { authorization: 'Bearer' } }],
    [
      '[R86] the same where nothing is allowed too',
      undefined,
      { headers: { authorization: 'Bearer' } },
      { optional: true },
    ],
    ['[R86] what is no token, where nothing is allowed', 'a b', {}, { optional: true }],
    ['a control character', 'a\u0000b', {}],
    ['quotes', '"a"', {}],
    ['two headers', undefined, { headers: { authorization: ['Bearer a', 'Bearer a'] } }],
    [
      'two headers of two schemes',
      undefined,
      { headers: { authorization: ['Basic a', 'Bearer a'] } },
      { optional: true },
    ],
    ['the query too', 'abc', { target: '/?access_token=abc' }],
    ['a form too', 'abc', { ...form, body: { access_token: 'abc' } }, { bodyToken: true }],
    ['several in a form', undefined, { ...form, body: { access_token: ['a', 'b'] } }, { bodyToken: true }],
    ['over 16 KB', 'a'.repeat(16_385), {}],
    [
      '[RULE 6.8] a preflight that brings credentials',
      'a b',
      { method: 'OPTIONS', headers: { origin: 'x', 'access-control-request-method': 'GET' } },
      { preflight: 'pass' },
    ],
  ])('%s', async (_name, token, brought, options = {}) => {
    const answer = await refused(() => tokens.verifier(options).verify(requestWith(token, brought)));
    expect(answer).toEqual({ status: 400, code: 'invalid_request', cause: 'invalid_request', challenge });
    expect(tokens.op.server.paths).toEqual([]);
  });

  it('[R69] a token in a form is good where it is taken', async () => {
    const token = await tokens.token();
    const auth = await tokens
      .verifier({ bodyToken: true })
      .verify(requestWith(undefined, { ...form, body: { access_token: token } }));
    expect(auth).toMatchObject({ sub: 'ada', scheme: 'Bearer' });
  });
});

describe('[R72] a token that is not good: 401', () => {
  const not = 'The access token is not accepted.';
  const secret = 'a secret of at least thirty-two bytes';
  it.each<[string, string, string, Made, Partial<TokenOptions>?]>([
    ['expired', 'access_token_exp', 'The access token has expired.', { claims: { exp: 1_799_999_940 } }],
    ['not valid yet', 'access_token_nbf', 'The access token is not valid yet.', { claims: { nbf: 1_800_000_061 } }],
    [
      'issued in the future',
      'access_token_iat',
      'The access token was issued in the future.',
      { claims: { iat: 1_800_000_061 } },
    ],
    ['[D14] for another API', 'access_token_aud', 'The access token is for another API.', { claims: { aud: 'x' } }],
    [
      '[D14] for nobody',
      'access_token_claims',
      'The access token lacks a claim that it must have.',
      { claims: { aud: undefined } },
    ],
    [
      '[R76] [D13] [D16] of another issuer',
      'access_token_iss',
      'The issuer of the access token is not known here.',
      { claims: { iss: 'https://evil.example' } },
    ],
    [
      'without jti',
      'access_token_claims',
      'The access token lacks a claim that it must have.',
      { claims: { jti: undefined } },
    ],
    [
      'signed by somebody else',
      'jwt_signature',
      'The signature of the access token does not hold.',
      { key: makeKey('RSA') },
    ],
    ['[R77] [D16] by another algorithm', 'jwt_alg', not, {}, { algorithms: ['ES256'] }],
    ['[D16] keyed with what is no secret here', 'jwt_alg', not, { header: { alg: 'HS256' }, key: Buffer.from(secret) }],
    ['by a key that nobody has', 'jwt_key', not, { header: { kid: 'none' } }],
    ['[R75] an ID token', 'jwt_typ', noAccess, { header: { typ: 'JWT' }, claims: { nonce: 'n' } }],
    ['[R75] a logout token', 'jwt_typ', noAccess, { header: { typ: 'logout+jwt' } }],
    ['[R75] a DPoP proof', 'jwt_typ', noAccess, { header: { typ: 'dpop+jwt' } }],
    [
      '[R75] an ID token where the issuer is taken leniently',
      'access_token_kind',
      noAccess,
      { header: { typ: 'JWT' }, claims: { scope: undefined } },
      { lenient: { recognise: 'scope' } },
    ],
    [
      '[R75] a logout token there',
      'access_token_kind',
      noAccess,
      { header: { typ: 'JWT' }, claims: { events: {} } },
      { lenient: { recognise: 'scope' } },
    ],
    ['[R81] bound to what nobody here enforces', 'access_token_binding', unbound, { claims: { cnf: { jwk: {} } } }],
    [
      '[R79] bound to a key, where no proofs are taken',
      'access_token_binding',
      unbound,
      { claims: { cnf: { jkt: 'j'.repeat(43) } } },
    ],
    [
      '[R80] bound to a certificate, where none is looked at',
      'access_token_binding',
      unbound,
      { claims: { cnf: { 'x5t#S256': 'j'.repeat(43) } } },
    ],
    [
      '[R80] bound to nothing, where a certificate is needed',
      'access_token_binding',
      unbound,
      {},
      { mtls: { required: true } },
    ],
  ])('%s', async (_name, ...[cause, description, made, options = {}]) => {
    for (const optional of [false, true])
      expect(await refused(() => verify({ ...options, optional }, made))).toEqual({
        status: 401,
        code: 'token_refused',
        cause,
        challenge: invalidToken(description),
      });
  });

  it.each(['opaque', 'a.b', 'a.b.c.d.e'])('%j, which is no JWT', async (token) => {
    const answer = await refused(() => tokens.verifier().verify(requestWith(token)));
    expect(answer).toEqual({
      status: 401,
      code: 'token_refused',
      cause: 'jwt_malformed',
      challenge: invalidToken(not),
    });
  });

  it('[R85] [RULE 8.1] shows nothing of the token to anybody, and in the log nothing secret', async () => {
    const evil = 'evil"\r\n\u0000';
    const made = { claims: { aud: evil, jti: 'private-jti', sub: 'private-sub' } };
    const token = await tokens.token(made);
    const error = await refusal(() => tokens.verifier().verify(requestWith(token)));
    expect(error.headers['WWW-Authenticate']).toBe(invalidToken('The access token is for another API.'));
    expect(error.publicMessage).toBe('The access token is for another API.');
    const log = inspect(error, { depth: 9 });
    for (const secret of [token, token.split('.')[2]!, 'private', '\u0000']) expect(log).not.toContain(secret);
  });

  it('is told of as an event; that none came is none', async () => {
    const heard: unknown[] = [];
    const unsubscribe = subscribe('latchkey:token', (event) => heard.push(event));
    await refused(() => verify({}, { claims: { exp: 1 } }));
    await refused(() => tokens.verifier().verify(requestWith(undefined)));
    await refused(() => tokens.verifier().verify(requestWith('a b')));
    await verify({});
    unsubscribe();
    const about = {
      type: 'access_token_refused',
      client: { issuer: tokens.issuer, clientId: tokens.audience },
      at: tokens.clock.now(),
    };
    expect(heard).toEqual([
      { ...about, code: 'access_token_exp' },
      { ...about, code: 'invalid_request' },
    ]);
  });
});

describe('[R72] [R84] [R82] a good token that is not good for this', () => {
  const scoped = (scope: string): string =>
    `Bearer error="insufficient_scope", error_description="The access token was not granted what this takes.", scope="${scope}"`;
  const claimed =
    'Bearer error="insufficient_scope", error_description="A claim of the access token is not what this takes."';
  const stepUp = (more: string): string =>
    `Bearer error="insufficient_user_authentication", error_description="${again}", ${more}`;
  it.each<[string, number, string, string, Pick<TokenOptions, 'scope' | 'anyScope' | 'claims' | 'acr' | 'maxAge'>]>([
    ['a scope', 403, 'insufficient_scope', scoped('admin'), { scope: 'admin' }],
    ['one of all scopes', 403, 'insufficient_scope', scoped('read admin'), { scope: ['read', 'admin'] }],
    ['any of some scopes', 403, 'insufficient_scope', scoped('a b'), { anyScope: 'a b' }],
    ['a claim', 403, 'insufficient_claims', claimed, { claims: { role: 'admin' } }],
    ['a predicate', 403, 'insufficient_claims', claimed, { claims: { sub: (sub) => sub === 'eve' } }],
    ['a class', 401, 'insufficient_user_authentication', stepUp('acr_values="phr phrh"'), { acr: 'phr phrh' }],
    ['the age of the login', 401, 'insufficient_user_authentication', stepUp('max_age="5"'), { maxAge: 5 }],
    [
      'both',
      401,
      'insufficient_user_authentication',
      stepUp('acr_values="phr", max_age="0"'),
      { acr: ['phr'], maxAge: 0 },
    ],
  ])('for want of %s', async (_name, ...[status, code, challenge, policy]) => {
    const expected = { status, code, cause: code, challenge };
    expect(await refused(() => verify(policy))).toEqual(expected);
    const verifier = tokens.verifier();
    const auth = await verifier.verify(requestWith(await tokens.token()));
    const check = verifier.policy(policy);
    expect(await refused(() => check(auth))).toEqual(expected);
  });

  it('[RULE 6.2] is looked at with every request: time goes on, and predicates may change their mind', async () => {
    let open = true;
    const verifier = tokens.verifier({ maxAge: 60, claims: { sub: () => open } });
    const request = requestWith(await tokens.token({ claims: { auth_time: tokens.now } }));
    await verifier.verify(request);
    open = false;
    expect(await refused(() => verifier.verify(request))).toMatchObject({ code: 'insufficient_claims' });
    open = true;
    tokens.clock.advance(121_000);
    expect(await refused(() => verifier.verify(request))).toMatchObject({ code: 'insufficient_user_authentication' });
    tokens.clock.advance(-121_000);
    expect(verifier.verify(request)).toMatchObject({ sub: 'ada' });
  });

  it('[D12] a check that is given no token refuses', async () => {
    const check = tokens.verifier({ optional: true }).policy({ scope: 'read' });
    expect(await refused(() => check(undefined))).toEqual({ status: 401, code: 'token_required', challenge: 'Bearer' });
  });

  it('is let through by what it was granted', async () => {
    const verifier = tokens.verifier({ scope: 'read', anyScope: 'x write', claims: { sub: 'ada' } });
    const auth = await verifier.verify(requestWith(await tokens.token()));
    expect(() => verifier.policy({ scope: 'read write' })(auth)).not.toThrow();
  });

  it.each<[string, Error]>([
    ['a failure of the program’s own', new TypeError('x')],
    ['a refusal of the program’s own', new DeniedError('login_refused', 'x', { status: 418 })],
  ])('a predicate that throws lets nobody through: %s comes as it is', async (_name, failure) => {
    const verifier = tokens.verifier({
      claims: {
        sub: () => {
          throw failure;
        },
      },
    });
    const token = await tokens.token();
    for (let n = 0; n < 2; n++) await expect((async () => verifier.verify(requestWith(token)))()).rejects.toBe(failure);
  });
});

describe('[R79] [RULE 6.5] [D22] a token that is bound to a key', () => {
  const baseUrl = 'https://api.example';
  const bound = (more: Record<string, unknown> = {}): Promise<string> =>
    tokens.token({ claims: { cnf: { jkt }, ...more } });
  const proofFor = (token: string, more: Partial<ProofFor> = {}, key = holder): Promise<string> =>
    prove(key, { url: `${baseUrl}/orders`, token, now: tokens.now, ...more });
  const byDpop = (token: string, dpop?: string | string[], more: Brought = {}): ReturnType<typeof requestWith> =>
    requestWith(token, { scheme: 'DPoP', ...more, headers: { ...(dpop !== undefined && { dpop }), ...more.headers } });
  const wrong = (error: string, description: string): string =>
    `Bearer, DPoP error="${error}", error_description="${description}", ${algs}`;
  const badProof = wrong('invalid_dpop_proof', 'The DPoP proof is not accepted.');

  it('passes with a proof of its own each time, also where the token is known', async () => {
    const verifier = tokens.verifier({ dpop: true, baseUrl });
    const token = await bound();
    for (let n = 0; n < 3; n++) {
      const auth = await verifier.verify(byDpop(token, await proofFor(token)));
      expect(auth).toMatchObject({ scheme: 'DPoP', sub: 'ada' });
    }
  });

  const rows: [string, string, string, (token: string) => Promise<ReturnType<typeof requestWith>>][] = [
    ['without a proof', 'dpop_proof', badProof, (token) => Promise.resolve(byDpop(token))],
    [
      'with a proof by another key',
      'dpop_key',
      badProof,
      async (token) => byDpop(token, await proofFor(token, {}, stranger)),
    ],
    [
      'with a proof for another method',
      'dpop_htm',
      badProof,
      async (token) => byDpop(token, await proofFor(token, { method: 'POST' })),
    ],
    [
      'with a proof for another URL',
      'dpop_htu',
      badProof,
      async (token) => byDpop(token, await proofFor(token, { url: `${baseUrl}/admin` })),
    ],
    [
      '[D22] with a proof for where the Host header says',
      'dpop_htu',
      badProof,
      async (token) =>
        byDpop(token, await proofFor(token, { url: 'https://evil.example/orders' }), {
          headers: { host: 'evil.example' },
        }),
    ],
    ['with a proof for another token', 'dpop_ath', badProof, async (token) => byDpop(token, await proofFor('another'))],
    [
      'with an old proof',
      'dpop_iat',
      badProof,
      async (token) => byDpop(token, await proofFor(token, { now: tokens.now - 121 })),
    ],
    [
      'as a plain token: a downgrade',
      'access_token_binding',
      `Bearer error="invalid_token", error_description="${unbound}", DPoP ${algs}`,
      async (token) => requestWith(token, { headers: { dpop: await proofFor(token) } }),
    ],
  ];
  it.each(rows)('is refused %s', async (_name, cause, challenge, made) => {
    const verifier = tokens.verifier({ dpop: true, baseUrl });
    const request = await made(await bound());
    for (let n = 0; n < 2; n++)
      expect(await refused(() => verifier.verify(request))).toEqual({
        status: 401,
        code: 'token_refused',
        cause,
        challenge,
      });
  });

  it('[D22] is refused with a proof that was used, on any machine that shares the store', async () => {
    const store = new MemoryStore({ clock: tokens.clock });
    const [one, two] = [
      tokens.verifier({ dpop: true, baseUrl, store }),
      tokens.verifier({ dpop: true, baseUrl, store }),
    ];
    const token = await bound();
    const proof = await proofFor(token);
    await one.verify(byDpop(token, proof));
    expect(await refused(() => two.verify(byDpop(token, proof)))).toEqual({
      status: 401,
      code: 'token_refused',
      cause: 'dpop_replayed',
      challenge: badProof,
    });
  });

  it('is refused with two proofs: 400', async () => {
    const token = await bound();
    const request = byDpop(token, [await proofFor(token), await proofFor(token)]);
    expect(await refused(() => tokens.verifier({ dpop: true, baseUrl }).verify(request))).toEqual({
      status: 400,
      code: 'invalid_request',
      cause: 'invalid_request',
      challenge: wrong('invalid_request', 'The request brings no credentials that can be read, or several.'),
    });
  });

  it('[D22] is asked for a nonce, and told the next', async () => {
    const verifier = tokens.verifier({ dpop: { nonce: true }, baseUrl });
    const token = await bound();
    const error = await refusal(async () => verifier.verify(byDpop(token, await proofFor(token))));
    expect(error).toMatchObject({ status: 401, code: 'token_refused', cause: { code: 'dpop_nonce' } });
    expect(error.headers['WWW-Authenticate']).toBe(wrong('use_dpop_nonce', 'The DPoP proof is not accepted.'));
    const nonce = error.headers['DPoP-Nonce']!;
    const said: string[][] = [];
    const setHeader = (...header: string[]): void => void said.push(header);
    await verifier.verify(byDpop(token, await proofFor(token, { nonce }), { setHeader }));
    expect(said).toEqual([]);
    tokens.clock.advance(150_000);
    await verifier.verify(byDpop(token, await proofFor(token, { nonce }), { setHeader }));
    expect(said).toEqual([['DPoP-Nonce', expect.stringMatching(/^[\w-]{24}$/)]]);
    expect(said[0]![1]).not.toBe(nonce);
    tokens.clock.advance(-150_000);
  });

  it.each<[string, string, Partial<TokenOptions>, string]>([
    ['plain, by DPoP', 'DPoP', { dpop: true }, wrong('invalid_token', unbound)],
    [
      'plain, where a key is needed',
      'Bearer',
      { dpop: { required: true } },
      `DPoP error="invalid_token", error_description="${unbound}", ${algs}`,
    ],
    ['plain, by DPoP where no proofs are taken', 'DPoP', {}, invalidToken(unbound)],
  ])('one that is %s, is refused', async (_name, scheme, options, challenge) => {
    const answer = await refused(() => verify({ ...options, baseUrl }, {}, { scheme }));
    expect(answer).toEqual({ status: 401, code: 'token_refused', cause: 'access_token_binding', challenge });
  });

  it('[R72] is held to a policy after its proof', async () => {
    const token = await bound();
    const verifier = tokens.verifier({ dpop: true, baseUrl, scope: 'admin' });
    expect(await refused(async () => verifier.verify(byDpop(token, await proofFor(token))))).toEqual({
      status: 403,
      code: 'insufficient_scope',
      cause: 'insufficient_scope',
      challenge: `Bearer, DPoP error="insufficient_scope", error_description="The access token was not granted what this takes.", scope="admin", ${algs}`,
    });
  });

  it('[D21] is neither good nor bad where uses cannot be remembered: 503', async () => {
    const store = {
      firstUse: () => Promise.reject(new Error('down')),
      subscribe: () => Promise.reject(new Error('down')),
    };
    const verifier = tokens.verifier({ dpop: true, baseUrl, store: store as never });
    const token = await bound();
    const error = await refusal(async () => verifier.verify(byDpop(token, await proofFor(token))));
    expect([error.code, error.status, error.headers]).toEqual(['store_unavailable', 503, { 'Retry-After': '5' }]);
  });

  it('[R81] is held to its certificate as well, where it is bound to both', async () => {
    const verifier = tokens.verifier({ dpop: true, mtls: true, baseUrl });
    const token = await bound({ cnf: { jkt, 'x5t#S256': mine.thumbprint } });
    const proof = await proofFor(token);
    expect(await refused(() => verifier.verify(byDpop(token, proof, { certificate: other })))).toMatchObject({
      cause: 'access_token_binding',
    });
    expect(await verifier.verify(byDpop(token, proof, { certificate: mine }))).toMatchObject({ scheme: 'DPoP' });
    expect(await refused(() => verifier.verify(byDpop(token, undefined, { certificate: mine })))).toMatchObject({
      cause: 'dpop_proof',
    });
  });
});

it('[R80] [RULE 6.6] a token that is bound to a certificate passes with it alone, known or not', async () => {
  const verifier = tokens.verifier({ mtls: { required: true } });
  const token = await tokens.token({ claims: { cnf: { 'x5t#S256': mine.thumbprint } } });
  const challenge = invalidToken(unbound);
  for (let n = 0; n < 2; n++) {
    expect(await verifier.verify(requestWith(token, { certificate: mine }))).toMatchObject({ scheme: 'Bearer' });
    for (const brought of [{ certificate: other }, {}])
      expect(await refused(() => verifier.verify(requestWith(token, brought)))).toEqual({
        status: 401,
        code: 'token_refused',
        cause: 'access_token_binding',
        challenge,
      });
  }
});

describe('[R78] opaque tokens, by the OP’s word', () => {
  let asked: IntrospectionOp;
  beforeEach(async () => {
    asked = await IntrospectionOp.start();
    asked.answer = asked.good(tokens.clock);
  });
  afterEach(() => asked.op.server.stop());
  /** A program is there for a moment before it is asked, in which it begins to hear of logouts. */
  async function asking(more: Partial<TokenOptions> = {}): Promise<TokenVerifier> {
    const api = { clientId: 'orders', clientSecret: 's' };
    const verifier = tokens.verifier({ issuer: asked.op.issuer, mode: 'introspection', ...api, ...more });
    await until(() => true);
    return verifier;
  }

  it('are good, and asked about once', async () => {
    const verifier = await asking({ scope: 'read' });
    asked.answer = asked.good(tokens.clock, { scope: 'read', exp: undefined });
    const auth = await verifier.verify(requestWith('opaque'));
    expect(auth).toMatchObject({
      token: 'opaque',
      issuer: asked.op.issuer,
      clientId: 'web',
      expiresAt: undefined,
      isClient: false,
    });
    await Promise.all([verifier.verify(requestWith('opaque')), verifier.verify(requestWith('opaque'))]);
    expect(asked.asked).toHaveLength(1);
  });

  it('[RULE 5.6] of a client that acts for itself say so', async () => {
    asked.answer = asked.good(tokens.clock, { sub: undefined, client_id: 'machine' });
    expect(await (await asking()).verify(requestWith('opaque'))).toMatchObject({
      isClient: true,
      sub: undefined,
      clientId: 'machine',
    });
  });

  const inactive = 'The access token is not valid any more.';
  it.each<[string, string, string, Record<string, unknown>]>([
    ['not active', 'access_token_inactive', inactive, { active: false }],
    ['expired', 'access_token_exp', 'The access token has expired.', { exp: 1_799_999_940 }],
    ['not valid yet', 'access_token_nbf', 'The access token is not valid yet.', { nbf: 1_800_000_061 }],
    ['[D14] for another API', 'access_token_aud', 'The access token is for another API.', { aud: 'x' }],
    ['of another issuer', 'access_token_iss', 'The issuer of the access token is not known here.', { iss: 'x' }],
    ['[R75] a refresh token', 'access_token_kind', noAccess, { token_type: 'refresh_token' }],
    ['[R79] bound to a key', 'access_token_binding', unbound, { cnf: { jkt: 'j'.repeat(43) } }],
    ['[R80] bound to a certificate', 'access_token_binding', unbound, { cnf: { 'x5t#S256': 'j'.repeat(43) } }],
    ['[R81] bound to what nobody here enforces', 'access_token_binding', unbound, { cnf: { kid: 'x' } }],
  ])('are refused when %s', async (_name, cause, description, more) => {
    asked.answer = asked.good(tokens.clock, more);
    const verifier = await asking();
    for (let n = 0; n < 2; n++)
      expect(await refused(() => verifier.verify(requestWith('opaque')))).toEqual({
        status: 401,
        code: 'token_refused',
        cause,
        challenge: invalidToken(description),
      });
    expect(asked.asked).toHaveLength(1);
  });

  it('[R73] are neither good nor bad where active is not said in so many words', async () => {
    asked.answer = { ...asked.good(tokens.clock), active: 'true' };
    expect(await refused(async () => (await asking()).verify(requestWith('opaque')))).toMatchObject({ status: 503 });
  });

  it.each<[string, string, () => void]>([
    ['fails', 'op_unreachable', () => (asked.status = 500)],
    ['does not know this API', 'introspection_refused', () => (asked.status = 401)],
    ['says what is no answer', 'op_unreachable', () => (asked.answer = 'x')],
  ])(
    '[R73] [D21] are neither good nor bad where the OP %s: 503, and asked about again',
    async (_name, code, broken) => {
      broken();
      const verifier = await asking();
      const error = await refusal(() => verifier.verify(requestWith('opaque')));
      expect([error.code, error.status, error.headers]).toEqual([code, 503, { 'Retry-After': '5' }]);
      [asked.status, asked.answer] = [200, asked.good(tokens.clock)];
      expect(await verifier.verify(requestWith('opaque'))).toMatchObject({ sub: 'ada' });
    },
  );

  it('[R73] are neither good nor bad where too many are asked about: 503', async () => {
    let answer = (): void => undefined;
    asked.until = new Promise<void>((resolve) => (answer = resolve));
    const verifier = await asking({ introspection: { maxInFlight: 1 } });
    const first = verifier.verify(requestWith('one'));
    await until(() => asked.asked.length === 1);
    const error = await refusal(() => verifier.verify(requestWith('two')));
    expect([error.code, error.status, error.headers]).toEqual(['introspection_busy', 503, { 'Retry-After': '1' }]);
    answer();
    expect(await first).toMatchObject({ sub: 'ada' });
  });

  it.each<[string, (issuer: string) => Parameters<MemoryStore['end']>[0]]>([
    ['a sub', (issuer) => ({ client: { issuer, clientId: 'web' }, sub: 'ada' })],
    ['a sid', (issuer) => ({ client: { issuer, clientId: 'web' }, sid: 's1' })],
  ])('[RULE 6.3] are asked about again after a logout of %s, whichever client heard of it', async (_name, target) => {
    const store = new MemoryStore({ clock: tokens.clock });
    const verifier = await asking({ store });
    asked.answer = asked.good(tokens.clock, { sid: 's1' });
    await verifier.verify(requestWith('opaque'));
    await verifier.verify(requestWith('opaque'));
    expect(asked.asked).toHaveLength(1);
    asked.answer = { active: false };
    await store.end(target(asked.op.issuer), { at: tokens.clock.now(), iat: tokens.now, life: 1000 });
    expect(await refused(() => verifier.verify(requestWith('opaque')))).toMatchObject({
      cause: 'access_token_inactive',
    });
  });
});

describe('[R73] [D21] an OP that is down is nobody’s fault: 503 and Retry-After, never 401', () => {
  it('where there are no keys yet', async () => {
    const own = await AccessTokens.start();
    const [verifier, token] = [own.verifier(), await own.token()];
    await own.stop();
    const error = await refusal(() => verifier.verify(requestWith(token)));
    expect([error.code, error.status, error.headers]).toEqual(['op_unreachable', 503, { 'Retry-After': '5' }]);
    await own.op.server.listen();
    own.clock.advance(2000);
    expect(await verifier.verify(requestWith(token))).toMatchObject({ sub: 'ada' });
    await own.stop();
  });

  it.each<[string, string, (own: AccessTokens) => unknown]>([
    ['fails', 'op_unreachable', ({ op }) => op.answers.set('/jwks', (_req, res) => void res.writeHead(500).end())],
    ['has no keys', 'no_usable_key', ({ op }) => (op.keys = [])],
    ['has keys that nobody can use', 'no_usable_key', ({ op }) => (op.keys = [{ kty: 'oct', k: 'x' }])],
  ])('where it %s', async (_name, code, broken) => {
    const own = await AccessTokens.start();
    broken(own);
    const error = await refusal(async () => own.verifier().verify(requestWith(await own.token())));
    expect([error.code, error.status, error.headers]).toEqual([code, 503, { 'Retry-After': '5' }]);
    await own.stop();
  });

  it('[R24] one that is another is the configuration’s fault: 500', async () => {
    tokens.op.metadata = { issuer: 'https://evil.example' };
    const error = await refusal(() => verify());
    tokens.op.metadata = {};
    expect([error.code, error.status, error.headers]).toEqual(['issuer_mismatch', 500, {}]);
  });
});

describe('[D15] [RULE 7.1] a flood of kids that nobody has', () => {
  const unknown = (own: AccessTokens, n: number): Promise<string> => own.token({ header: { kid: `none-${n}` } });

  it('makes a handful of fetches, each is refused, and good tokens pass', async () => {
    const own = await AccessTokens.start();
    const verifier = own.verifier();
    await verifier.verify(requestWith(await own.token()));
    const flood = await Promise.all(Array.from({ length: 64 }, (_, n) => unknown(own, n)));
    const answers = await Promise.all(flood.map((token) => refused(() => verifier.verify(requestWith(token)))));
    const challenge = invalidToken('The access token is not accepted.');
    for (const answer of answers)
      expect(answer).toEqual({ status: 401, code: 'token_refused', cause: 'jwt_key', challenge });
    for (let n = 64; n < 128; n++)
      expect((await refused(async () => verifier.verify(requestWith(await unknown(own, n))))).status).toBe(401);
    expect(own.op.fetches('jwks')).toBeLessThanOrEqual(1 + 5);
    expect(await verifier.verify(requestWith(await own.token({ claims: { jti: 'k' } })))).toMatchObject({ sub: 'ada' });
    await own.stop();
  });

  it('is 503 once the budget is spent and the last fetch is too long ago to say anything', async () => {
    const own = await AccessTokens.start();
    const verifier = own.verifier();
    await verifier.verify(requestWith(await own.token()));
    own.op.answers.set('/jwks', (_req, res) => void res.writeHead(500).end());
    const codes: string[] = [];
    for (let n = 0; n < 8; n++) {
      own.clock.advance(2001);
      const error = await refusal(async () => verifier.verify(requestWith(await unknown(own, n))));
      codes.push(`${error.status} ${error.code}`);
    }
    expect(new Set(codes)).toEqual(new Set(['503 op_unreachable', '503 no_usable_key']));
    expect(own.op.fetches('jwks')).toBeLessThanOrEqual(1 + 5 + 1);
    expect(await verifier.verify(requestWith(await own.token({ claims: { jti: 'k' } })))).toMatchObject({ sub: 'ada' });
    await own.stop();
  });
});

it('[RULE 8.1] shows none of its secrets to whoever logs it', () => {
  const verifier = tokens.verifier({
    secret: 'sesame'.repeat(6),
    mode: 'either',
    clientId: 'a',
    clientSecret: 'sesame',
  });
  expect(inspect(verifier, { depth: 9, showHidden: true })).not.toContain('sesame');
  expect(verifier.options.clientSecret).toBe('sesame');
});
