import type { NextFunction, Request, RequestHandler, Response } from 'express';
import express from 'express';
import { createServer } from 'node:http';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { TestServer } from '../../core/test/server.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { actionOf, App, background, json, pages, secret, signIn, signOut } from '../test/app.js';
import { OidcStrategy } from './index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

it('serves the routes whatever is mounted before it', async () => {
  const before = (app: App): void => {
    app.express.use(express.urlencoded({ extended: true }), express.json());
    app.express.use((_req: Request, res: Response, next: NextFunction) => {
      res.set({ 'x-frame-options': 'DENY', 'content-security-policy': "form-action 'self'" });
      next();
    });
  };
  const app = await App.start(op, {}, { before, loginSession: true });
  const agent = new UserAgent();
  await signIn(agent, op, app);
  expect((await signOut(agent, app, { returnTo: '/public' })).url).toBe(`${app.url}/public`);
  const framed = await agent.fetch(`${app.url}/auth/frontchannel-logout`, { headers: { 'sec-fetch-dest': 'iframe' } });
  expect([framed.status, framed.headers.get('x-frame-options')]).toEqual([200, null]);
});

it('serves them for a program that lies below a path', async () => {
  const strategy = new OidcStrategy(
    { issuer: op.issuer, clientId: 'below', baseUrl: 'http://127.0.0.1/shop', session: { secret } },
    () => false,
  );
  const inner = express().use(strategy.middleware());
  const server = await TestServer.start(express().use('/shop', inner));
  const page = await new UserAgent().fetch(`${server.url}/shop/auth/callback?code=a&state=b`);
  await server.stop();
  expect([page.status, actionOf(page)]).toEqual([400, `${server.url}/shop/auth/login`]);
});

it('hands on what a hook throws', async () => {
  const verify = (): never => {
    throw new Error('the database is down');
  };
  const app = await App.start(op, {}, { verify });
  const page = await signIn(new UserAgent(), op, app);
  expect([page.status, page.text.includes('the database is down')]).toEqual([500, true]);
});

it('leaves the callback to the program', async () => {
  const build = (app: App): void => void app.express.get('/auth/callback', (_req, res) => void res.send('mine'));
  const app = await App.start(op, {}, { middleware: { callback: false }, build });
  expect((await new UserAgent().fetch(`${app.url}/auth/callback`)).text).toBe('mine');
  expect((await new UserAgent().fetch(`${app.url}/auth/logout`)).status).toBe(405);
});

it('works without Express', async () => {
  const app = await App.start(op, {}, { build: () => {} });
  const use = app.strategy.middleware();
  const pass = app.passport.authenticate('oidc', { session: false }) as RequestHandler;
  const server = createServer((req, res) =>
    use(req as Request, res, () => {
      void pass(req as Request, res as Response, () => res.end(JSON.stringify({ user: (req as Request).user })));
    }),
  );
  app.server.handler = (req, res) => void server.emit('request', req, res);
  const agent = new UserAgent();
  expect(json(await op.signIn(agent, await agent.open(`${app.url}/`))).user).toMatchObject({ sub: 'ada' });
  expect((await new UserAgent().fetch(`${app.url}/`, { headers: background })).status).toBe(401);
});

it('reads no session where nobody asks for it', async () => {
  const app = await App.start(op, {}, { build: pages });
  const agent = new UserAgent();
  await signIn(agent, op, app);
  let reads = 0;
  const { store } = app.client;
  const read = store.read.bind(store);
  store.read = (...of) => {
    reads++;
    return read(...of);
  };
  await agent.fetch(`${app.url}/public`);
  expect(reads).toBe(0);
  await agent.fetch(`${app.url}/private`);
  expect(reads).toBe(1);
});
