// What stands around the routes in an application on either platform: middleware, body parsers, plugins, other clients.
import { ConfigurationError, type OidcClient } from '@latchkey/core';
import { Controller, Get, type INestApplication, UseGuards } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import {
  App,
  background,
  json,
  optionsFor,
  Pages,
  platforms,
  register,
  signIn,
  signOut,
  surroundings,
} from '../test/app.js';
import { CurrentUser, LoginGuard, OidcModule, OidcRegistry, oidcClientToken, UseClient } from './index.js';
import { mountRoutes } from './mount-routes.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

const [onExpress, , onFastify] = surroundings as [(typeof surroundings)[0], unknown, (typeof surroundings)[0]];

const fastifyOf = (app: INestApplication): FastifyInstance => app.getHttpAdapter().getInstance() as FastifyInstance;

describe('body parsers on Express', () => {
  const parsers: [string, (app: INestApplication<ExpressAdapter>) => unknown][] = [
    ["Nest's own", () => undefined],
    ['raw', (app) => app.use(express.raw({ type: '*/*' }))],
    ['text', (app) => app.use(express.text({ type: '*/*' }))],
    ['urlencoded, extended', (app) => app.use(express.urlencoded({ extended: true }))],
    ['json and urlencoded', (app) => app.use(express.json(), express.urlencoded({ extended: false }))],
  ];
  it.each(parsers)('[R55] [R57] %s: forms and logout tokens are read', async (_name, surround) => {
    await formsAreRead(await App.start(op, onExpress, {}, { surround }));
  });
});

describe('content type parsers on Fastify', () => {
  const parsers: [string, (app: INestApplication) => unknown][] = [
    ["Nest's own", () => undefined],
    ['none for forms', (app) => fastifyOf(app).removeAllContentTypeParsers()],
  ];
  it.each(parsers)('[R55] [R57] %s: forms and logout tokens are read', async (_name, surround) => {
    await formsAreRead(await App.start(op, onFastify, {}, { surround }));
  });
});

it("Fastify's own plugins frame no page of ours in", async () => {
  const surround = (app: INestApplication): unknown =>
    fastifyOf(app).addHook('onRequest', (_request, reply, done) => {
      reply.header('X-Frame-Options', 'DENY');
      reply.header('X-Other', 'stays');
      done();
    });
  const app = await App.start(op, onFastify, {}, { surround });
  const headers = { 'sec-fetch-dest': 'iframe' };
  const page = await new UserAgent().fetch(`${app.url}/auth/frontchannel-logout`, { headers });
  expect([page.headers.get('x-frame-options'), page.headers.get('x-other')]).toEqual([null, 'stays']);
});

async function formsAreRead(app: App): Promise<void> {
  const other = await App.start(op, onExpress);
  const agent = new UserAgent();
  await signIn(agent, op, app);
  await signIn(agent, op, other);
  // The OP tells the app of a sign-out elsewhere.
  await signOut(agent, other);
  expect(await app.who(agent)).toBeNull();
  // The app's own form names a page.
  await signIn(agent, op, app);
  expect((await signOut(agent, app, { returnTo: '/public' })).url).toBe(`${app.url}/public`);
}

describe.each(platforms)('on $name', ({ name, adapter }) => {
  const around = { name, adapter, prefix: '', surround: (): void => undefined };

  it('[R98] [RULE 3.7] our policy stands in place of what the application says for all its pages', async () => {
    const surround = (app: INestApplication): unknown => app.use(helmet());
    const app = await App.start(op, around, {}, { surround });
    const failed = await new UserAgent().fetch(`${app.url}/auth/callback?error=access_denied`);
    expect(failed.headers.get('content-security-policy')).toContain("form-action 'none'");
    const framed = await new UserAgent().fetch(`${app.url}/auth/frontchannel-logout`, {
      headers: { 'sec-fetch-dest': 'iframe' },
    });
    expect([framed.status, framed.headers.get('x-frame-options')]).toEqual([200, null]);
    const own = await new UserAgent().fetch(`${app.url}/public`);
    expect(own.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('CORS holds for our routes too', async () => {
    const origin = 'https://shop.example';
    const surround = (app: INestApplication): unknown => app.enableCors({ origin, credentials: true });
    const app = await App.start(op, around, { csrf: { origins: [origin] } }, { surround });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const page = await agent.fetch(`${app.url}/auth/logout`, {
      form: {},
      headers: { ...background, origin, 'sec-fetch-site': 'cross-site' },
    });
    expect([page.status, page.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    const refused = await agent.fetch(`${app.url}/private`, { headers: { ...background, origin } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, origin]);
  });

  it.each(['/auth/%6Cogin', '//auth/login', '/auth/login/', '/AUTH/login', '/auth;/login', '/auth//login'])(
    '[D12] what only looks like a route of ours is none: %s',
    async (path) => {
      const app = await App.start(op, around);
      const { status, headers } = await new UserAgent().fetch(app.url + path);
      expect([status, headers.get('location')]).toEqual([404, null]);
    },
  );

  it('hands what a hook throws to the filters of the application', async () => {
    const hooks = {
      onError: () => {
        throw new Error('no template');
      },
    };
    const app = await App.start(op, around, { hooks });
    const page = await new UserAgent().fetch(`${app.url}/auth/callback?code=a&state=b`);
    expect([page.status, json(page)]).toEqual([500, { statusCode: 500, message: 'Internal server error' }]);
  });

  it('[RULE 4.6] serves each of several clients, and each handler takes the sessions of its own', async () => {
    @Controller('staff')
    @UseGuards(LoginGuard)
    @UseClient('staff')
    class Staff {
      @Get('who') who(@CurrentUser() user: object): object {
        return { user };
      }
    }
    const forStaff = { name: 'staff', clientId: `staff-${name}` };
    const app = await App.start(op, around, {}, (server) => ({
      controllers: [Pages, Staff],
      imports: [OidcModule.forRoot({ ...optionsFor(op, server, forStaff) })],
    }));
    await register(op, app.nest.get<OidcClient>(oidcClientToken('staff'), { strict: false }));
    const agent = new UserAgent();
    await signIn(agent, op, app, 'ada');
    const asked = await agent.fetch(`${app.url}/staff/who`, { headers: background });
    expect([asked.status, json(asked).location]).toEqual([401, `${app.url}/auth/staff/login?returnTo=%2Fstaff%2Fwho`]);
    const page = await op.signIn(agent, await agent.open(`${app.url}/staff/who`), 'ada');
    expect(page.url).toBe(`${app.url}/staff/who`);
    expect(json(page).user).toMatchObject({ sub: 'ada' });
    // A logout at one of them leaves the other's session alone.
    await app.post(agent, `${app.url}/auth/staff/logout`);
    expect((await agent.fetch(`${app.url}/staff/who`, { headers: background })).status).toBe(401);
    expect(await app.who(agent)).toMatchObject({ sub: 'ada' });
  });
});

it('is refused on a platform that is neither', () => {
  const adapter = { getType: () => 'koa' } as unknown as AbstractHttpAdapter;
  const mounting = (): void => mountRoutes(adapter, new OidcRegistry());
  expect(mounting).toThrow(ConfigurationError);
  expect(mounting).toThrow('Expected the platform express or fastify, came "koa".');
});
