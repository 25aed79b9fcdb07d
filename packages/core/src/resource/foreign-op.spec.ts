import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { calculateJwkThumbprint } from 'jose';
import { Agent, fetch, type Response } from 'undici';
import { makeCertificate, type TestCertificate } from '../../test/certificates.js';
import { TestClock } from '../../test/clock.js';
import { prove } from '../../test/dpop.js';
import { ForeignOp } from '../../test/foreign-op.js';
import { makeKey } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import { Provider } from '../discovery/provider.js';
import { OidcError } from '../errors.js';
import { Http } from '../http.js';
import { MemoryStore } from '../session/memory-store.js';
import { DpopNonces } from './dpop-nonce.js';
import { type Introspection, Introspector, type IntrospectorOptions } from './introspect.js';
import { ClientCertificates } from './mtls.js';
import { confirmSender, type SenderSettings } from './sender.js';

const audience = 'https://api.example';
const machine = { client_id: 'machine', client_secret: 'secret-of-the-machine' };
const api = { clientId: 'orders-api', clientSecret: 'secret-of-the-orders-api' };
const basic = `Basic ${Buffer.from(`${machine.client_id}:${machine.client_secret}`).toString('base64')}`;
const server = makeCertificate('localhost');
const mine = makeCertificate('client');
const other = makeCertificate('other');
const key = makeKey('P-256');

let op: ForeignOp;
/** The OP's own endpoints over TLS, where clients prove themselves by certificates. */
let tlsOp: Server;
let orders: Server;
let clock: TestClock;
let settings: SenderSettings;
let introspector: Introspector;
const agents: Agent[] = [];

/** Starts an OP that issues opaque tokens, bound to whatever the client can show, and answers about them in JSON or in JWTs. */
function startOp(answersInJwts = false): Promise<ForeignOp> {
  const registered = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] };
  return ForeignOp.start(
    [
      { ...registered, ...machine },
      { ...registered, ...machine, client_id: 'bound', tls_client_certificate_bound_access_tokens: true },
      { ...registered, client_id: api.clientId, client_secret: api.clientSecret },
    ] as never,
    {
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        introspection: { enabled: true, allowedPolicy: () => true },
        jwtIntrospection: { enabled: answersInJwts },
        revocation: { enabled: true },
        dPoP: { enabled: true },
        mTLS: {
          enabled: true,
          certificateBoundAccessTokens: true,
          getCertificate: (ctx) => (ctx.req.socket as TLSSocket).getPeerX509Certificate(),
        },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_ctx, resource) => ({
            scope: 'orders:read',
            audience: resource,
            accessTokenFormat: 'opaque',
            accessTokenTTL: 600,
          }),
        },
      },
    },
  );
}

beforeAll(async () => {
  op = await startOp();
  tlsOp = await listen((req, res) => void op.provider.callback()(req, res));
  orders = await listen((req, res) => void answer(req, res));
});
beforeEach(() => {
  clock = new TestClock();
  const http = new Http({}, clock);
  const store = new MemoryStore({ clock });
  introspector = new Introspector(asking(op, { http, store }));
  settings = {
    dpop: { required: false, window: 60, baseUrl: urlOf(orders), store },
    mtls: { required: false, certificates: new ClientCertificates() },
    clock,
    tolerance: 60,
  };
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
  for (const each of [tlsOp, orders]) {
    each.close();
    each.closeAllConnections();
  }
  await op.stop();
});

function asking({ issuer }: ForeignOp, more: Partial<IntrospectorOptions> = {}): IntrospectorOptions {
  const http = new Http({}, clock);
  const provider = new Provider({ issuer, http, clock });
  const client = {
    ref: api,
    settings: { clientAuthMethod: 'client_secret_basic', clientSecret: api.clientSecret },
  } as const;
  return { provider, client, audience: [audience], http, clock, ...more };
}

async function listen(handler: (req: IncomingMessage, res: ServerResponse) => void): Promise<Server> {
  const listening = createServer(
    { cert: server.cert, key: server.key, requestCert: true, rejectUnauthorized: false },
    handler,
  );
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return listening;
}

function urlOf(listening: Server): string {
  return `https://localhost:${(listening.address() as AddressInfo).port}`;
}

/** A client's way to a server, with a certificate of its own or without. */
function by(certificate?: TestCertificate): Agent {
  const agent = new Agent({ connect: { ca: server.cert, cert: certificate?.cert, key: certificate?.key } });
  agents.push(agent);
  return agent;
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
        client: { issuer: op.issuer, clientId: api.clientId },
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

async function ask(token: string, { scheme = 'Bearer', proof, agent = by() }: Asking = {}): Promise<[number, string]> {
  const headers: [string, string][] = [['authorization', `${scheme} ${token}`]];
  for (const each of [proof ?? []].flat()) headers.push(['dpop', each]);
  const response = await fetch(`${urlOf(orders)}/orders?page=2`, { headers, dispatcher: agent });
  const body = (await response.json()) as { code?: string; scope?: string };
  return [response.status, body.code ?? body.scope ?? ''];
}

async function issue(more: {
  readonly dpop?: boolean;
  readonly agent?: Agent;
  readonly clientId?: string;
  readonly resource?: string;
  readonly at?: ForeignOp;
}): Promise<string> {
  const { dpop = false, agent, clientId = machine.client_id, resource = audience, at = op } = more;
  const url = `${agent ? urlOf(tlsOp) : at.issuer}/token`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'orders:read', resource });
  body.append('client_id', clientId);
  body.append('client_secret', machine.client_secret);
  const response: Response = await fetch(url, {
    method: 'POST',
    body,
    headers: dpop ? { dpop: await prove(key, { method: 'POST', url, now: Date.now() / 1000 }) } : {},
    ...(agent && { dispatcher: agent }),
  });
  const { access_token: token, token_type: type } = (await response.json()) as Record<string, string>;
  expect([response.status, type]).toEqual([200, dpop ? 'DPoP' : 'Bearer']);
  return token!;
}

function proof(token: string, nonce?: string): Promise<string> {
  return prove(key, { url: `${urlOf(orders)}/orders`, token, now: clock.now() / 1000, nonce });
}

async function revoke(token: string): Promise<void> {
  const body = new URLSearchParams({ token });
  const headers = { authorization: basic };
  expect((await fetch(`${op.issuer}/token/revocation`, { method: 'POST', body, headers })).status).toBe(200);
}

describe('opaque tokens of a foreign OP [R78] [RULE 6.4]', () => {
  it('are good until they are revoked, and not longer than the ttl after', async () => {
    const token = await issue({});
    expect(await ask(token)).toEqual([200, 'orders:read']);
    await revoke(token);
    expect(await ask(token)).toEqual([200, 'orders:read']);
    clock.advance(60_000);
    expect(await ask(token)).toEqual([401, 'access_token_inactive']);
  });

  it.each([
    [
      'that was revoked',
      'access_token_inactive',
      async () => issue({}).then(async (token) => revoke(token).then(() => token)),
    ],
    ['that nobody issued', 'access_token_inactive', () => 'x'],
    ['for another API', 'access_token_aud', () => issue({ resource: 'https://other.example' })],
  ])('one %s: %s', async (_name, code, token) => {
    expect(await ask(await token())).toEqual([401, code]);
  });

  it('has expired when its time is up, whatever is remembered', async () => {
    const token = await issue({});
    expect(await ask(token)).toEqual([200, 'orders:read']);
    clock.advance(660_000);
    expect(await ask(token)).toEqual([401, 'access_token_exp']);
  });

  it('are answered in a JWT where the OP can [RFC 9701]', async () => {
    const signing = await startOp(true);
    try {
      const token = await issue({ at: signing });
      const ask = (algorithms?: string[]): Promise<Introspection> =>
        new Introspector(asking(signing, { algorithms })).introspect(token);
      await expect(ask()).resolves.toMatchObject({ scope: 'orders:read', aud: audience });
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
    const token = await issue({});
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
    const [token, unseen] = [await issue({}), await issue({})];
    await ask(token);
    await op.stop();
    const answers = [await ask(token), await ask(unseen)];
    await op.resume();
    expect(answers).toEqual([
      [200, 'orders:read'],
      [503, 'op_unreachable'],
    ]);
    expect(await ask(unseen)).toEqual([200, 'orders:read']);
  });
});

describe('DPoP-bound tokens of a foreign OP [R79] [RULE 6.5] [D22]', () => {
  it('pass with a proof, once', async () => {
    const token = await issue({ dpop: true });
    const made = await proof(token);
    expect(await ask(token, { scheme: 'DPoP', proof: made })).toEqual([200, 'orders:read']);
    expect(await ask(token, { scheme: 'DPoP', proof: made })).toEqual([401, 'dpop_replayed']);
    expect(await ask(token, { scheme: 'DPoP', proof: await proof(token) })).toEqual([200, 'orders:read']);
  });

  it('pass in no other way', async () => {
    const [token, plain] = [await issue({ dpop: true }), await issue({})];
    const stolen = await prove(makeKey('P-256'), { url: `${urlOf(orders)}/orders`, token, now: clock.now() / 1000 });
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
    const token = await issue({ dpop: true });
    const url = `${urlOf(orders)}/orders`;
    const headers = { authorization: `DPoP ${token}`, dpop: await proof(token) };
    const refused = await fetch(url, { headers, dispatcher: by() });
    expect(refused.status).toBe(401);
    const nonce = refused.headers.get('dpop-nonce') ?? '';
    expect(await ask(token, { scheme: 'DPoP', proof: await proof(token, nonce) })).toEqual([200, 'orders:read']);
  });

  it('are bound to the thumbprint that jose computes', async () => {
    const claims = await introspector.introspect(await issue({ dpop: true }));
    expect(claims.cnf).toEqual({ jkt: await calculateJwkThumbprint(key.jwk) });
  });
});

describe('certificate-bound tokens of a foreign OP, over TLS [R80] [RULE 6.6]', () => {
  it('pass over a connection with that certificate, and over no other', async () => {
    const token = await issue({ clientId: 'bound', agent: by(mine) });
    expect(await ask(token, { agent: by(mine) })).toEqual([200, 'orders:read']);
    expect(await ask(token, { agent: by(other) })).toEqual([401, 'access_token_binding']);
    expect(await ask(token)).toEqual([401, 'access_token_binding']);
    const claims = await introspector.introspect(token);
    expect(claims.cnf).toEqual({ 'x5t#S256': mine.thumbprint });
  });

  it('pass with the certificate in the header of a trusted proxy, and of nobody else', async () => {
    const token = await issue({ clientId: 'bound', agent: by(mine) });
    const header = { header: 'client-cert', format: 'rfc9440' } as const;
    const value = `:${mine.der.toString('base64')}:`;
    const over = async (trusted: string, values: string[], agent = by()): Promise<number> => {
      const certificates = new ClientCertificates({ ...header, trustedProxies: [trusted] });
      settings = { ...settings, mtls: { required: true, certificates } };
      const headers: [string, string][] = [['authorization', `Bearer ${token}`]];
      values.forEach((each) => headers.push(['client-cert', each]));
      return (await fetch(`${urlOf(orders)}/`, { headers, dispatcher: agent })).status;
    };
    expect(await over('127.0.0.0/8', [value])).toBe(200);
    expect(await over('127.0.0.0/8', [value, value])).toBe(400);
    expect(await over('127.0.0.0/8', [], by(mine))).toBe(401);
    expect(await over('10.0.0.0/8', [value])).toBe(401);
    expect(await over('10.0.0.0/8', [value], by(mine))).toBe(200);
  });
});
