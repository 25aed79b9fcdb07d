import 'reflect-metadata';
import type { Server } from 'node:http';
import { OidcClient } from '@latchkey/core';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import type { ClientMetadata } from 'oidc-provider';
import { ForeignOp } from '../../../packages/core/test/foreign-op.js';
import { TestServer } from '../../../packages/core/test/server.js';
import { UserAgent } from '../../../packages/core/test/user-agent.js';
import { actionOf, optionsFor, register } from '../../../packages/nestjs/test/app.js';
import { ws } from '../../../packages/nestjs/test/socket-clients.js';
import { userToken } from '../../../packages/nestjs/test/user-token.js';
import { ShopModule } from './shop.module.js';

let op: ForeignOp;
let server: TestServer;
let shop: INestApplication<Server>;
let url: string;

beforeAll(async () => {
  const machine: ClientMetadata = {
    client_id: 'machine',
    client_secret: 'a secret of this client alone',
    redirect_uris: [],
    response_types: [],
    grant_types: [],
  };
  op = await ForeignOp.start([machine]);
  server = await TestServer.start((_req, res) => res.writeHead(503).end());
  url = server.url;
  shop = await NestFactory.create(ShopModule.at(optionsFor(op, server, { token: { audience: `${url}/api` } })), {
    logger: false,
  });
  await shop.useWebSocketAdapter(new WsAdapter(shop)).init();
  server.handler = (req, res) => void shop.getHttpServer().emit('request', req, res);
  server.takeUpgrades((req, socket, head) => void shop.getHttpServer().emit('upgrade', req, socket, head));
  await register(op, shop.get(OidcClient));
});
afterAll(async () => {
  await shop.close();
  await server.stop();
  await op.stop();
});

/** An access token of a user for the API of the shop. */
function tokenOf(sub: string, scope: string): Promise<string> {
  return userToken({ op, audience: 'https://api.example', claims: new Map() }, { sub, scope, resource: `${url}/api` });
}

async function ask(path: string, token: string, body?: object): Promise<[status: number, answer: unknown]> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const response = await fetch(url + path, { headers, ...init });
  return [response.status, await response.json()];
}

async function signedIn(user: string): Promise<UserAgent> {
  const agent = new UserAgent();
  const page = await op.signIn(agent, await agent.open(`${url}/orders`), user);
  expect(page.text).toContain('Your orders');
  return agent;
}

it('shows a page to everybody, and their orders to who is signed in', async () => {
  expect((await new UserAgent().open(url)).text).not.toContain('Hello');
  const agent = await signedIn('ada');
  expect((await agent.open(url)).text).toContain('Hello Name of ada');
});

it('takes orders from programs whose token has the scope', async () => {
  const writer = await tokenOf('grace', 'orders:read orders:write');
  expect(await ask('/api/orders', writer, { item: '<tea>' })).toEqual([201, ['<tea>']]);
  const reader = await tokenOf('grace', 'orders:read');
  expect(await ask('/api/orders', reader)).toEqual([200, ['<tea>']]);
  expect(await ask('/api/orders', reader, { item: 'milk' })).toEqual([403, expect.anything()]);
  expect((await fetch(`${url}/api/orders`)).status).toBe(401);
  const agent = await signedIn('grace');
  expect((await agent.open(`${url}/orders`)).text).toContain('<li>&#60;tea&#62;</li>');
});

it('answers GraphQL to both, and to nobody else', async () => {
  const query = { query: '{ orders }' };
  const token = await tokenOf('joan', 'orders:write');
  await ask('/api/orders', token, { item: 'ink' });
  expect(await ask('/graphql', token, query)).toEqual([200, { data: { orders: ['ink'] } }]);
  const agent = await signedIn('joan');
  const headers = { cookie: agent.cookies('127.0.0.1'), 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(query) };
  expect(await (await fetch(`${url}/graphql`, init)).json()).toEqual({ data: { orders: ['ink'] } });
  const nobody = { ...init, headers: { 'content-type': 'application/json' } };
  expect(await (await fetch(`${url}/graphql`, nobody)).json()).toMatchObject({
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  });
});

it('keeps a socket open until its session ends', async () => {
  const agent = await signedIn('mary');
  const headers = { origin: url, cookie: agent.cookies('127.0.0.1') };
  await expect(ws.open(url, { headers: { origin: url }, at: '/live' })).rejects.toMatchObject({ statusCode: 401 });
  const socket = await ws.open(url, { headers, at: '/live' });
  expect(await socket.ask('order', 'paper')).toEqual({ event: 'orders', data: ['paper'] });
  const out = { form: {}, headers: { 'sec-fetch-site': 'same-origin', origin: url } };
  const leaving = await agent.fetch(`${url}/auth/logout`, out);
  expect(actionOf(leaving)).toContain(op.issuer);
  expect(await socket.closed).toContain('login_required');
});
