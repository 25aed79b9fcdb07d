import type { IncomingMessage, ServerResponse } from 'node:http';
import { calculateJwkThumbprint } from 'jose';
import { fetch, type Agent } from 'undici';
import { makeCertificate } from '../../test/certificates.js';
import { TestClock } from '../../test/clock.js';
import { prove } from '../../test/dpop.js';
import { makeKey } from '../../test/keys.js';
import { until } from '../../test/machines.js';
import { TlsServer } from '../../test/tls.js';
import { TokenOp } from '../../test/token-op.js';
import { OidcError } from '../errors.js';
import { MemoryStore } from '../session/memory-store.js';
import { NodeApiRequest } from './node-api-request.js';
import type { TokenOptions } from './token-options.js';
import { TokenVerifier } from './token-verifier.js';

const mine = makeCertificate('client');
const other = makeCertificate('other');
const key = makeKey('P-256');

let opaque: TokenOp;
let signed: TokenOp;
let orders: TlsServer;
let clock: TestClock;
let verifier: TokenVerifier;

beforeAll(async () => {
  [opaque, signed] = await Promise.all([TokenOp.start(), TokenOp.start({ jwtTokens: true })]);
  orders = await TlsServer.start((req, res) => void answer(req, res));
});
beforeEach(async () => {
  clock = new TestClock();
  await guard();
});
afterAll(async () => {
  await orders.stop();
  await Promise.all([opaque.stop(), signed.stop()]);
});

/** Sets up the API: it takes tokens of both OPs, verifies those of the one, and asks the other. */
async function guard(more: Partial<TokenOptions> = {}): Promise<void> {
  const { audience, api } = opaque;
  const issuer = [signed.issuer, { issuer: opaque.issuer, mode: 'introspection' as const, ...api }];
  const store = new MemoryStore({ clock });
  verifier = new TokenVerifier({
    issuer,
    audience,
    clock,
    store,
    baseUrl: orders.url,
    dpop: true,
    mtls: true,
    ...more,
  });
  await until(() => true);
}

/** What an adapter does with a request, and nothing else. */
async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    const auth = await verifier.verify(new NodeApiRequest(req, res));
    res.end(JSON.stringify({ ...auth, scopes: [...(auth?.scopes ?? [])] }));
  } catch (error) {
    if (!(error instanceof OidcError)) throw error;
    const { code = error.code } = (error.cause ?? {}) as { code?: string };
    res.writeHead(error.status, error.headers).end(JSON.stringify({ code }));
  }
}

interface Asking {
  readonly scheme?: string;
  readonly proof?: string | string[];
  readonly agent?: Agent;
}

/** The status, and what the token was granted or why it was refused. */
async function ask(
  token: string,
  { scheme = 'Bearer', proof, agent = orders.by() }: Asking = {},
): Promise<[number, string]> {
  const headers: [string, string][] = [['authorization', `${scheme} ${token}`]];
  for (const each of [proof ?? []].flat()) headers.push(['dpop', each]);
  const response = await fetch(`${orders.url}/orders?page=2`, { headers, dispatcher: agent });
  const body = (await response.json()) as { code?: string; scopes?: string[] };
  return [response.status, body.code ?? body.scopes?.join(' ') ?? ''];
}

function proof(token: string, nonce?: string): Promise<string> {
  return prove(key, { url: `${orders.url}/orders`, token, now: clock.now() / 1000, nonce });
}

describe('opaque tokens of a foreign OP [R78] [RULE 6.4]', () => {
  it('are good until they are revoked, and not longer than the ttl after', async () => {
    const token = await opaque.issue();
    expect(await ask(token)).toEqual([200, 'orders:read']);
    await opaque.revoke(token);
    expect(await ask(token)).toEqual([200, 'orders:read']);
    clock.advance(60_000);
    expect(await ask(token)).toEqual([401, 'access_token_inactive']);
  });

  it.each([
    [
      'that was revoked',
      'access_token_inactive',
      async () => opaque.issue().then(async (token) => opaque.revoke(token).then(() => token)),
    ],
    ['that nobody issued', 'access_token_inactive', () => 'x'],
    ['for another API', 'access_token_aud', () => opaque.issue({ resource: 'https://other.example' })],
  ])('one %s: %s', async (_name, code, token) => {
    expect(await ask(await token())).toEqual([401, code]);
  });

  it('has expired when its time is up, whatever is remembered', async () => {
    const token = await opaque.issue();
    expect(await ask(token)).toEqual([200, 'orders:read']);
    clock.advance(660_000);
    expect(await ask(token)).toEqual([401, 'access_token_exp']);
  });

  it('are answered in a JWT where the OP can [RFC 9701]', async () => {
    const signing = await TokenOp.start({ jwtAnswers: true });
    try {
      const asking = { issuer: signing.issuer, mode: 'introspection' as const, ...signing.api };
      const [token, unseen] = [await signing.issue(), await signing.issue()];
      await guard(asking);
      expect(await ask(token)).toEqual([200, 'orders:read']);
      expect(await ask('x')).toEqual([401, 'access_token_inactive']);
      // Only a JWT has a signature, which may then be by an algorithm that is not ours.
      await guard({ ...asking, algorithms: ['ES256'] });
      expect(await ask(unseen)).toEqual([503, 'jwt_alg']);
    } finally {
      await signing.stop();
    }
  });

  it('are no answer for an API whose secret is wrong: 503, and right again at once', async () => {
    const token = await opaque.issue();
    await guard({ issuer: opaque.issuer, mode: 'introspection', ...opaque.api, clientSecret: 'another' });
    expect(await ask(token)).toEqual([503, 'introspection_refused']);
    await guard();
    expect(await ask(token)).toEqual([200, 'orders:read']);
  });

  it('while the OP is down: what is remembered serves on, anything else is 503 [D21]', async () => {
    const [token, unseen] = [await opaque.issue(), await opaque.issue()];
    await ask(token);
    await opaque.op.stop();
    const answers = [await ask(token), await ask(unseen)];
    await opaque.op.resume();
    expect(answers).toEqual([
      [200, 'orders:read'],
      [503, expect.stringMatching(/^(?:op_unreachable|ECONN)/)],
    ]);
    expect(await ask(unseen)).toEqual([200, 'orders:read']);
  });
});

describe('JWTs of a foreign OP [R74] [R88]', () => {
  it('are good, the second time too, and say for whom', async () => {
    const token = await signed.issue();
    for (let n = 0; n < 2; n++) expect(await ask(token)).toEqual([200, 'orders:read']);
    const { headers } = await fetch(`${orders.url}/`, { dispatcher: orders.by() });
    expect(headers.get('www-authenticate')).toMatch(/^Bearer, DPoP algs="/);
  });

  it('live on until they expire: an OP cannot even revoke them [RULE 6.3]', async () => {
    const token = await signed.issue();
    await expect(signed.revoke(token)).rejects.toThrow('unsupported_token_type');
    expect(await ask(token)).toEqual([200, 'orders:read']);
    clock.advance(659_000);
    expect(await ask(token)).toEqual([200, 'orders:read']);
    clock.advance(2000);
    expect(await ask(token)).toEqual([401, 'access_token_exp']);
  });

  it.each<[string, string, () => Promise<string>]>([
    ['for another API', 'access_token_aud', () => signed.issue({ resource: 'https://other.example' })],
    [
      'with another signature',
      'jwt_signature',
      async () => {
        const [token, another] = [await signed.issue(), await signed.issue()];
        return token.slice(0, token.lastIndexOf('.')) + another.slice(another.lastIndexOf('.'));
      },
    ],
    ['without one', 'jwt_signature', () => signed.issue().then((token) => token.slice(0, token.lastIndexOf('.') + 1))],
  ])('one %s: %s', async (_name, code, token) => {
    expect(await ask(await token())).toEqual([401, code]);
  });

  it('while the OP is down: what can be verified still is [D21]', async () => {
    const [token, unseen] = [await signed.issue(), await signed.issue()];
    await ask(token);
    await signed.op.stop();
    const answers = [await ask(token), await ask(unseen)];
    await guard();
    answers.push(await ask(token));
    await signed.op.resume();
    expect(answers).toEqual([
      [200, 'orders:read'],
      [200, 'orders:read'],
      [503, expect.stringMatching(/^(?:op_unreachable|ECONN)/)],
    ]);
  });
});

describe.each([
  ['opaque', () => opaque],
  ['JWT', () => signed],
])('DPoP-bound tokens of a foreign OP, %s [R79] [RULE 6.5] [D22]', (_kind, op) => {
  it('pass with a proof, once', async () => {
    const token = await op().issue({ key });
    const made = await proof(token);
    expect(await ask(token, { scheme: 'DPoP', proof: made })).toEqual([200, 'orders:read']);
    expect(await ask(token, { scheme: 'DPoP', proof: made })).toEqual([401, 'dpop_replayed']);
    expect(await ask(token, { scheme: 'DPoP', proof: await proof(token) })).toEqual([200, 'orders:read']);
  });

  it('pass in no other way', async () => {
    const [token, plain] = [await op().issue({ key }), await op().issue()];
    const stolen = await prove(makeKey('P-256'), { url: `${orders.url}/orders`, token, now: clock.now() / 1000 });
    expect([
      await ask(token),
      await ask(token, { proof: await proof(token) }),
      await ask(token, { scheme: 'DPoP' }),
      await ask(token, { scheme: 'DPoP', proof: stolen }),
      await ask(token, { scheme: 'DPoP', proof: await proof(plain) }),
      await ask(token, { scheme: 'DPoP', proof: [await proof(token), await proof(token)] }),
      await ask(plain, { scheme: 'DPoP', proof: await proof(plain) }),
    ]).toEqual([
      [401, 'access_token_binding'],
      [401, 'access_token_binding'],
      [401, 'dpop_proof'],
      [401, 'dpop_key'],
      [401, 'dpop_ath'],
      [400, 'invalid_request'],
      [401, 'access_token_binding'],
    ]);
  });

  it('pass with the nonce that the refusal brought', async () => {
    await guard({ dpop: { nonce: true } });
    const token = await op().issue({ key });
    const url = `${orders.url}/orders`;
    const headers = { authorization: `DPoP ${token}`, dpop: await proof(token) };
    const refused = await fetch(url, { headers, dispatcher: orders.by() });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer, DPoP error="use_dpop_nonce"/),
    ]);
    const nonce = refused.headers.get('dpop-nonce') ?? '';
    expect(await ask(token, { scheme: 'DPoP', proof: await proof(token, nonce) })).toEqual([200, 'orders:read']);
    clock.advance(150_000);
    const stale = { authorization: `DPoP ${token}`, dpop: await proof(token, nonce) };
    const { status, headers: told } = await fetch(url, { headers: stale, dispatcher: orders.by() });
    expect([status, told.get('dpop-nonce')]).toEqual([200, expect.stringMatching(/^[\w-]{24}$/)]);
  });

  it('are bound to the thumbprint that jose computes', async () => {
    const token = await op().issue({ key });
    const headers = { authorization: `DPoP ${token}`, dpop: await proof(token) };
    const response = await fetch(`${orders.url}/orders`, { headers, dispatcher: orders.by() });
    const { claims } = (await response.json()) as { claims: { cnf: unknown } };
    expect(claims.cnf).toEqual({ jkt: await calculateJwkThumbprint(key.jwk) });
  });
});

describe.each([
  ['opaque', () => opaque],
  ['JWT', () => signed],
])('certificate-bound tokens of a foreign OP, over TLS, %s [R80] [RULE 6.6]', (_kind, op) => {
  it('pass over a connection with that certificate, and over no other', async () => {
    const token = await op().issue({ certificate: mine });
    for (let n = 0; n < 2; n++) {
      expect(await ask(token, { agent: orders.by(mine) })).toEqual([200, 'orders:read']);
      expect(await ask(token, { agent: orders.by(other) })).toEqual([401, 'access_token_binding']);
      expect(await ask(token)).toEqual([401, 'access_token_binding']);
    }
    await guard({ mtls: undefined });
    expect(await ask(token, { agent: orders.by(mine) })).toEqual([401, 'access_token_binding']);
  });

  it('pass with the certificate in the header of a trusted proxy, and of nobody else', async () => {
    const token = await op().issue({ certificate: mine });
    const header = { header: 'client-cert', format: 'rfc9440', required: true } as const;
    const value = `:${mine.der.toString('base64')}:`;
    const over = async (trusted: string, values: string[], agent = orders.by()): Promise<number> => {
      await guard({ mtls: { ...header, trustedProxies: [trusted] } });
      const headers: [string, string][] = [['authorization', `Bearer ${token}`]];
      values.forEach((each) => headers.push(['client-cert', each]));
      return (await fetch(`${orders.url}/`, { headers, dispatcher: agent })).status;
    };
    expect(await over('127.0.0.0/8', [value])).toBe(200);
    expect(await over('127.0.0.0/8', [value, value])).toBe(400);
    expect(await over('127.0.0.0/8', [], orders.by(mine))).toBe(401);
    expect(await over('10.0.0.0/8', [value])).toBe(401);
    expect(await over('10.0.0.0/8', [value], orders.by(mine))).toBe(200);
  });
});
