import type { IncomingMessage, ServerResponse } from 'node:http';
import { calculateJwkThumbprint } from 'jose';
import { fetch, type Agent } from 'undici';
import { makeCertificate } from '../../test/certificates.js';
import { TestClock } from '../../test/clock.js';
import { prove } from '../../test/dpop.js';
import { makeKey } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import { TlsServer } from '../../test/tls.js';
import { TokenOp } from '../../test/token-op.js';
import { Provider } from '../discovery/provider.js';
import { OidcError } from '../errors.js';
import { Http } from '../http.js';
import { MemoryStore } from '../session/memory-store.js';
import { DpopNonces } from './dpop-nonce.js';
import { type Introspection, Introspector, type IntrospectorOptions } from './introspect.js';
import { ClientCertificates } from './mtls.js';
import { confirmSender, type SenderSettings } from './sender.js';

const mine = makeCertificate('client');
const other = makeCertificate('other');
const key = makeKey('P-256');

let op: TokenOp;
let orders: TlsServer;
let clock: TestClock;
let settings: SenderSettings;
let introspector: Introspector;

beforeAll(async () => {
  op = await TokenOp.start();
  orders = await TlsServer.start((req, res) => void answer(req, res));
});
beforeEach(() => {
  clock = new TestClock();
  const store = new MemoryStore({ clock });
  introspector = new Introspector(asking(op, { store }));
  settings = {
    dpop: { required: false, window: 60, baseUrl: orders.url, store },
    mtls: { required: false, certificates: new ClientCertificates() },
    clock,
    tolerance: 60,
  };
});
afterAll(async () => {
  await orders.stop();
  await op.stop();
});

function asking({ issuer, audience, api }: TokenOp, more: Partial<IntrospectorOptions> = {}): IntrospectorOptions {
  const http = new Http({}, clock);
  const provider = new Provider({ issuer, http, clock });
  const settings = { clientAuthMethod: 'client_secret_basic', clientSecret: api.clientSecret } as const;
  return { provider, client: { ref: api, settings }, audience: [audience], http, clock, ...more };
}

/** The API: what a guard does with a request, and nothing else. */
async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    const [scheme, token = ''] = (req.headers.authorization ?? '').split(' ');
    const claims = await introspector.introspect(token);
    const nonce = await confirmSender(
      {
        method: req.method ?? '',
        target: req.url ?? '',
        header: (name) => req.headers[name] as string | undefined,
        headerCount: (name) => req.headersDistinct[name]?.length ?? 0,
        socket: req.socket,
      },
      {
        token,
        scheme: scheme === 'DPoP' ? 'DPoP' : 'Bearer',
        cnf: claims.cnf,
        client: { issuer: op.issuer, clientId: op.api.clientId },
      },
      settings,
    );
    res.writeHead(200, nonce === undefined ? {} : { 'DPoP-Nonce': nonce }).end(JSON.stringify(claims));
  } catch (error) {
    if (!(error instanceof OidcError)) throw error;
    res.writeHead(error.status, error.headers).end(JSON.stringify({ code: error.code }));
  }
}

interface Asking {
  readonly scheme?: string;
  readonly proof?: string | string[];
  readonly agent?: Agent;
}

async function ask(
  token: string,
  { scheme = 'Bearer', proof, agent = orders.by() }: Asking = {},
): Promise<[number, string]> {
  const headers: [string, string][] = [['authorization', `${scheme} ${token}`]];
  for (const each of [proof ?? []].flat()) headers.push(['dpop', each]);
  const response = await fetch(`${orders.url}/orders?page=2`, { headers, dispatcher: agent });
  const body = (await response.json()) as { code?: string; scope?: string };
  return [response.status, body.code ?? body.scope ?? ''];
}

function proof(token: string, nonce?: string): Promise<string> {
  return prove(key, { url: `${orders.url}/orders`, token, now: clock.now() / 1000, nonce });
}

describe('opaque tokens of a foreign OP [R78] [RULE 6.4]', () => {
  it('are good until they are revoked, and not longer than the ttl after', async () => {
    const token = await op.issue();
    expect(await ask(token)).toEqual([200, 'orders:read']);
    await op.revoke(token);
    expect(await ask(token)).toEqual([200, 'orders:read']);
    clock.advance(60_000);
    expect(await ask(token)).toEqual([401, 'access_token_inactive']);
  });

  it.each([
    [
      'that was revoked',
      'access_token_inactive',
      async () => op.issue().then(async (token) => op.revoke(token).then(() => token)),
    ],
    ['that nobody issued', 'access_token_inactive', () => 'x'],
    ['for another API', 'access_token_aud', () => op.issue({ resource: 'https://other.example' })],
  ])('one %s: %s', async (_name, code, token) => {
    expect(await ask(await token())).toEqual([401, code]);
  });

  it('has expired when its time is up, whatever is remembered', async () => {
    const token = await op.issue();
    expect(await ask(token)).toEqual([200, 'orders:read']);
    clock.advance(660_000);
    expect(await ask(token)).toEqual([401, 'access_token_exp']);
  });

  it('are answered in a JWT where the OP can [RFC 9701]', async () => {
    const signing = await TokenOp.start({ jwtAnswers: true });
    try {
      const token = await signing.issue();
      const ask = (algorithms?: string[]): Promise<Introspection> =>
        new Introspector(asking(signing, { algorithms })).introspect(token);
      await expect(ask()).resolves.toMatchObject({ scope: 'orders:read', aud: op.audience });
      // Only a JWT has a signature, which may then be by an algorithm that is not ours.
      expect((await refusal(() => ask(['ES256']))).cause).toMatchObject({ code: 'jwt_alg' });
      expect(await refusal(() => new Introspector(asking(signing)).introspect('x'))).toMatchObject({
        code: 'access_token_inactive',
      });
    } finally {
      await signing.stop();
    }
  });

  it('are no answer for an API whose secret is wrong: 503, and right again at once', async () => {
    const token = await op.issue();
    const wrong = asking(op);
    const settings = { clientAuthMethod: 'client_secret_basic' as const, clientSecret: 'another' };
    const unproven = new Introspector({ ...wrong, client: { ...wrong.client, settings } });
    expect(await refusal(() => unproven.introspect(token))).toMatchObject({
      code: 'introspection_refused',
      status: 503,
    });
    expect(await ask(token)).toEqual([200, 'orders:read']);
  });

  it('while the OP is down: what is remembered serves on, anything else is 503 [D21]', async () => {
    const [token, unseen] = [await op.issue(), await op.issue()];
    await ask(token);
    await op.op.stop();
    const answers = [await ask(token), await ask(unseen)];
    await op.op.resume();
    expect(answers).toEqual([
      [200, 'orders:read'],
      [503, 'op_unreachable'],
    ]);
    expect(await ask(unseen)).toEqual([200, 'orders:read']);
  });
});

describe('DPoP-bound tokens of a foreign OP [R79] [RULE 6.5] [D22]', () => {
  it('pass with a proof, once', async () => {
    const token = await op.issue({ key });
    const made = await proof(token);
    expect(await ask(token, { scheme: 'DPoP', proof: made })).toEqual([200, 'orders:read']);
    expect(await ask(token, { scheme: 'DPoP', proof: made })).toEqual([401, 'dpop_replayed']);
    expect(await ask(token, { scheme: 'DPoP', proof: await proof(token) })).toEqual([200, 'orders:read']);
  });

  it('pass in no other way', async () => {
    const [token, plain] = [await op.issue({ key }), await op.issue()];
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
    settings = { ...settings, dpop: { ...settings.dpop!, nonces: new DpopNonces({ clock }) } };
    const token = await op.issue({ key });
    const url = `${orders.url}/orders`;
    const headers = { authorization: `DPoP ${token}`, dpop: await proof(token) };
    const refused = await fetch(url, { headers, dispatcher: orders.by() });
    expect(refused.status).toBe(401);
    const nonce = refused.headers.get('dpop-nonce') ?? '';
    expect(await ask(token, { scheme: 'DPoP', proof: await proof(token, nonce) })).toEqual([200, 'orders:read']);
  });

  it('are bound to the thumbprint that jose computes', async () => {
    const claims = await introspector.introspect(await op.issue({ key }));
    expect(claims.cnf).toEqual({ jkt: await calculateJwkThumbprint(key.jwk) });
  });
});

describe('certificate-bound tokens of a foreign OP, over TLS [R80] [RULE 6.6]', () => {
  it('pass over a connection with that certificate, and over no other', async () => {
    const token = await op.issue({ certificate: mine });
    expect(await ask(token, { agent: orders.by(mine) })).toEqual([200, 'orders:read']);
    expect(await ask(token, { agent: orders.by(other) })).toEqual([401, 'access_token_binding']);
    expect(await ask(token)).toEqual([401, 'access_token_binding']);
    const claims = await introspector.introspect(token);
    expect(claims.cnf).toEqual({ 'x5t#S256': mine.thumbprint });
  });

  it('pass with the certificate in the header of a trusted proxy, and of nobody else', async () => {
    const token = await op.issue({ certificate: mine });
    const header = { header: 'client-cert', format: 'rfc9440' } as const;
    const value = `:${mine.der.toString('base64')}:`;
    const over = async (trusted: string, values: string[], agent = orders.by()): Promise<number> => {
      const certificates = new ClientCertificates({ ...header, trustedProxies: [trusted] });
      settings = { ...settings, mtls: { required: true, certificates } };
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
