// What no client sends, at a server process of its own: one character too many in a header of an answer would end it.
import { TestClock } from '../../core/test/clock.js';
import { json } from '../../core/test/server.js';
import { audience, Mint } from '../test/api.js';
import { type RawAnswer, ServerProcess } from '../test/server-process.js';

const marker = 'zq7injected';
const clock = new TestClock();
let mint: Mint;
beforeAll(async () => {
  mint = await Mint.start();
  mint.op.metadata = { introspection_endpoint: `${mint.issuer}/introspect` };
  mint.op.answers.set('/introspect', (_req, res) => json(res, { active: false }));
});
afterAll(() => mint.stop());

/** A program with every guard, whose options are as unfriendly as options may be. */
const program = (express: string): string => `
  import express from '${express}';
  import { oidc, protectedResourceMetadata, requireClaim, requireLoginOrToken, requireScope, requireToken } from './packages/express/src/index.js';
  const issuer = '${mint.issuer}';
  const token = {
    issuer, audience: '${audience}', baseUrl: 'https://api.example', resource: 'https://api.example/v1', bodyToken: true,
    realm: 'the "orders" \\\\ API', dpop: { nonce: true },
    mtls: { header: 'client-cert', format: 'rfc9440', trustedProxies: ['127.0.0.0/8'] },
  };
  const app = express();
  app.use(express.urlencoded({ extended: false }), protectedResourceMetadata(token));
  app.use('/token', requireToken(token), requireScope('orders:admin'), requireClaim('tenant', 'acme'));
  app.use('/asked', requireToken({ ...token, mode: 'either', clientId: 'orders', clientSecret: 'x' }));
  app.use('/both', oidc({
    issuer, clientId: 'app', baseUrl: 'http://localhost', session: { secret: 'a secret of forty bytes, for tests alone' },
    hooks: { onError: (error) => (error.code === 'token_refused' ? { html: error.publicMessage } : undefined) },
  }), requireLoginOrToken({ token: { realm: '"' } }));
  app.use((_req, res) => res.json({}));
  const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

const characters: [name: string, bytes: string][] = [
  ...Array.from({ length: 0x21 }, (_, code) => code),
  ...[0x22, 0x25, 0x27, 0x2c, 0x3b, 0x3c, 0x3d, 0x5c, 0x7f, 0x80, 0x85, 0xa0, 0xad, 0xff],
].map((code) => [`0x${code.toString(16)}`, String.fromCharCode(code)]);
const texts: [name: string, bytes: string][] = [
  ['a line break and a header', `\r\nX-${marker}: 1`],
  ['a bare line feed and a header', `\nX-${marker}: 1`],
  ['a folded line', `\r\n X-${marker}: 1`],
  ['the end of the head', `\r\n\r\n<script>${marker}</script>`],
  ['a quote and a parameter', `", ${marker}="1`],
  ['line breaks in percent encoding', `%0d%0aX-${marker}:%201`],
  ['a line separator in UTF-8', '\u2028'],
  ['an emoji in UTF-8', '🔑'],
].map(([name = '', text = '']) => [name, Buffer.from(text).toString('latin1')]);
texts.push(['bytes that are no UTF-8', '\xc3\x28\xfe\xff']);

/** A request with hostile bytes at one place; all is latin1, so that each character is a byte. */
const places: [name: string, request: (bytes: string) => string][] = [
  ['in the token', (x) => get('/token', `Authorization: Bearer ${marker}${x}y`)],
  ['in the scheme', (x) => get('/token', `Authorization: Bea${x}rer ${marker}`)],
  ['behind the scheme', (x) => get('/token', `Authorization: Bearer${x}${marker}`)],
  ['in a DPoP token', (x) => get('/token', `Authorization: DPoP ${marker}${x}`)],
  ['in the proof', (x) => get('/token', `Authorization: DPoP ${marker}`, `DPoP: a${x}${marker}`)],
  ['in the certificate', (x) => get('/token', `Authorization: Bearer ${marker}`, `Client-Cert: :a${x}${marker}:`)],
  ['in the path', (x) => get(`/token/${marker}${x}`, `Authorization: Bearer ${marker}`)],
  ['in the query', (x) => get(`/token?access_token=${marker}${x}`, `Authorization: Bearer ${marker}`)],
  ['in the host', (x) => `GET /token HTTP/1.1\r\nHost: ${marker}${x}\r\nConnection: close\r\n\r\n`],
  ['in the origin', (x) => get('/both', `Origin: https://${marker}${x}`, 'Accept: application/json')],
  ['in a cookie', (x) => get('/both', `Cookie: latchkey=${marker}${x}`, 'Accept: application/json')],
  ['in a token where sessions are taken', (x) => get('/both', `Authorization: Bearer ${marker}${x}`)],
  ['in the path where sessions are taken', (x) => get(`/both/${marker}${x}`, 'Accept: application/json')],
  ['in a token that the OP is asked about', (x) => get('/asked', `Authorization: Bearer ${marker}${x}`)],
  ['in the path of the metadata', (x) => get(`/.well-known/oauth-protected-resource/v1?${marker}${x}`)],
  ['in a token in a form', (x) => post('/token', `access_token=${marker}${encodeURIComponent(x)}`)],
  ['in a token in a form, raw', (x) => post('/token', `access_token=${marker}${x}`)],
];

function get(target: string, ...headers: string[]): string {
  return [`GET ${target} HTTP/1.1`, 'Host: here', 'Connection: close', ...headers, '', ''].join('\r\n');
}

function post(target: string, form: string): string {
  const type = 'Content-Type: application/x-www-form-urlencoded';
  const head = [`POST ${target} HTTP/1.1`, 'Host: here', 'Connection: close', type, `Content-Length: ${form.length}`];
  return [...head, '', form].join('\r\n');
}

const challengeOf = ({ headers }: RawAnswer): string | undefined =>
  headers.find((line) => /^www-authenticate:/i.test(line))?.replace(/^[^:]*: /, '');

/** Nothing of a request may be in the head of its answer, save where a redirect of ours says where to come back to. */
function expectClean(answer: RawAnswer): void {
  for (const line of answer.headers) {
    expect(line).toMatch(/^[\x20-\x7e]*$/);
    if (!line.startsWith('Location: ')) expect(line.toLowerCase()).not.toContain(marker);
  }
  expect(answer.body).not.toContain(`<script>${marker}`);
}

describe.each(['express', 'express4'])('[R85] a server process on %s', (express) => {
  let server: ServerProcess;
  beforeAll(async () => (server = await ServerProcess.start(program(express))), 120_000);
  afterEach(() => expect([server.isAlive, server.errors.includes('ERR_INVALID_CHAR')]).toEqual([true, false]));
  afterAll(() => server.stop());

  const send = async (request: string): Promise<RawAnswer> => server.send(Buffer.from(request, 'latin1'));

  it('answers a request that is none of this with its challenge, quoted', async () => {
    const answer = await send(get('/token'));
    expect([answer.status, challengeOf(answer)]).toEqual([
      401,
      expect.stringMatching(
        /^Bearer realm="the \\"orders\\" \\\\ API", resource_metadata="https:\/\/api\.example\/\.well-known\/oauth-protected-resource\/v1", DPoP realm=/,
      ),
    ]);
  });

  it.each(places)('lives on, whatever stands %s, and repeats nothing of it', async (_place, request) => {
    const statuses = new Set<number>();
    for (const [, bytes] of [...characters, ...texts]) {
      const answer = await send(request(bytes));
      expectClean(answer);
      statuses.add(answer.status);
      const challenge = challengeOf(answer);
      if (challenge !== undefined) expect(challenge).toMatch(/^(?:Bearer|DPoP) realm="/);
    }
    // Refused by Node, by us, or served where nothing is guarded; nothing breaks.
    expect([...statuses].filter((status) => ![200, 304, 303, 400, 401, 403, 404].includes(status))).toEqual([]);
  });

  const hostile = `x"\\\r\nX-${marker}: 1\u0000\u2028ü🔑`;
  it.each<[what: string, claims: Record<string, unknown>, header?: Record<string, unknown>, status?: number]>([
    ['iss', { iss: hostile }],
    ['aud', { aud: hostile }],
    ['sub, though that is nothing wrong', { sub: hostile, tenant: 'acme', scope: 'orders:admin' }, {}, 200],
    ['scope', { scope: hostile }, {}, 403],
    ['a scope of a list', { scope: undefined, scp: [hostile] }, {}, 403],
    ['a claim', { tenant: hostile, scope: 'orders:admin' }, {}, 403],
    ['the name of a claim', { [hostile]: hostile }, {}, 403],
    ['cnf', { cnf: { jkt: hostile } }],
    ['the name of a confirmation', { cnf: { [hostile]: 'x' } }],
    ['exp', { exp: hostile }],
    ['jti', { jti: hostile }, {}, 403],
    ['kid', {}, { kid: hostile }],
    ['typ', {}, { typ: hostile }],
    ['crit', {}, { crit: [hostile], [hostile]: true }],
  ])('lives on, whatever a token says in %s', async (_what, claims, header = {}, status = 401) => {
    const token = await mintUnusual(claims, header);
    const answer = await send(get('/token', `Authorization: Bearer ${token}`));
    expectClean(answer);
    expect([answer.status, challengeOf(answer)]).toEqual([
      status,
      status === 200
        ? undefined
        : expect.stringMatching(/^Bearer realm="the .* error="[a-z_]+", error_description="[\w ,.]+"/),
    ]);
    const beside = await send(get('/both', `Authorization: Bearer ${token}`));
    expectClean(beside);
    expect(beside.status).toBe(401);
  });

  it('serves on', async () => {
    const good = await mint.token(clock, { tenant: 'acme', scope: 'orders:admin' });
    expect((await send(get('/token', `Authorization: Bearer ${good}`))).status).toBe(200);
    expect(server.errors).not.toContain(good);
  });
});

it.each(['express', 'express4'])('one on %s that repeats what it got is gone after one character', async (express) => {
  const naive = await ServerProcess.start(`
    import express from '${express}';
    const app = express();
    app.use((req, _res, next) => {
      const headers = { 'WWW-Authenticate': 'Bearer error_description="' + decodeURIComponent(req.url) + '"' };
      setImmediate(() => next(Object.assign(new Error('refused'), { status: 401, headers })));
    });
    const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));`);
  const answer = await naive.send(Buffer.from(get('/plain')));
  expect([answer.status, challengeOf(answer)]).toEqual([401, 'Bearer error_description="/plain"']);
  await naive.send(Buffer.from(get('/%0a')));
  await naive.ended;
  expect(naive.errors).toContain('ERR_INVALID_CHAR');
});

/** jose signs no header that is wrong, so such a token keeps the signature of another. */
async function mintUnusual(claims: Record<string, unknown>, header: Record<string, unknown>): Promise<string> {
  if (!('crit' in header)) return mint.token(clock, claims, header);
  const [, payload, signature] = (await mint.token(clock, claims)).split('.');
  const odd = Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'at+jwt', ...header })).toString('base64url');
  return [odd, payload, signature].join('.');
}
