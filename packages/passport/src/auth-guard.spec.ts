import 'reflect-metadata';
import {
  Controller,
  type ExecutionContext,
  Get,
  HttpException,
  type INestApplication,
  Injectable,
  Module,
  Post,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { OidcError } from '@latchkey/core';
import { NestFactory } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import type { Request, Response } from 'express';
import type { Server } from 'node:http';
import { breakableStore } from '../../core/test/breakable-store.js';
import { TestServer } from '../../core/test/server.js';
import { TokenOp } from '../../core/test/token-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { background, json, secret } from '../test/app.js';
import { BearerStrategy, type Failure, type MiddlewareOptions, OidcStrategy } from './index.js';
import type { PresentedToken, VerifiedLogin } from './index.js';

let op: TokenOp;
beforeAll(async () => {
  op = await TokenOp.start({ jwtTokens: true });
});
afterAll(() => op.stop());

/** What stands in the README: the reason in place of Nest's own 401, and 503 where something is down. */
class LoginGuard extends AuthGuard('oidc') {
  override handleRequest<User>(
    ...[error, user, why, , status]: [unknown, User | false, Failure, ExecutionContext, number]
  ): User {
    if (user) return user;
    if (error instanceof OidcError) throw new HttpException(error.publicMessage, error.status);
    throw error instanceof Error ? error : new HttpException(why.message, status);
  }
}
class MaybeGuard extends AuthGuard('oidc') {
  override getAuthenticateOptions(): object {
    return { optional: true };
  }
}
class ReadGuard extends AuthGuard('bearer') {
  override getAuthenticateOptions(): object {
    return { scope: 'orders:read' };
  }
}
class WriteGuard extends AuthGuard('bearer') {
  override getAuthenticateOptions(): object {
    return { scope: 'orders:write' };
  }
}

@Controller()
class Pages {
  @Get('me') @UseGuards(AuthGuard('oidc')) me(@Req() { user }: Request): object {
    return { user };
  }
  @Get('reason') @UseGuards(LoginGuard) reason(@Req() { user }: Request): object {
    return { user };
  }
  @Get('who') @UseGuards(MaybeGuard) who(@Req() { user }: Request): object {
    return { user: user ?? null };
  }
  @Post('orders') @UseGuards(LoginGuard) order(@Req() { user }: Request): object {
    return { by: user?.sub };
  }
  @Get('read') @UseGuards(ReadGuard) read(@Req() { user }: Request): object {
    return { user };
  }
  @Get('write') @UseGuards(WriteGuard) write(): object {
    return {};
  }
  @Get('both') @UseGuards(AuthGuard(['bearer', 'oidc'])) both(@Req() { user }: Request): object {
    return { user };
  }
  @Get('auth/callback') @UseGuards(LoginGuard) callback(@Req() req: Request, @Res() res: Response): void {
    res.redirect(req.authInfo?.returnTo ?? '/');
  }
}

const running = new Set<() => Promise<void>>();
afterEach(async () => {
  for (const stop of running) await stop();
  running.clear();
});

interface Program {
  readonly url: string;
  readonly strategy: OidcStrategy;
}

/** A program of NestJS with both strategies, as classes that its injector makes. */
async function start(middleware: MiddlewareOptions = {}, session: object = {}): Promise<Program> {
  const server = await TestServer.start(() => undefined);
  const clientId = `app-${new URL(server.url).port}`;
  const clientSecret = 'a secret of this client';

  @Injectable()
  class Login extends PassportStrategy(OidcStrategy) {
    constructor() {
      super({ issuer: op.issuer, clientId, clientSecret, baseUrl: server.url, session: { secret, ...session } });
    }
    validate({ user }: VerifiedLogin): Express.User | false {
      return user.sub === 'mallory' ? false : { sub: user.sub };
    }
  }
  @Injectable()
  class Tokens extends PassportStrategy(BearerStrategy) {
    constructor() {
      super({ issuer: op.issuer, audience: op.audience });
    }
    validate({ auth }: PresentedToken): Promise<Express.User> {
      return Promise.resolve({ sub: auth.sub ?? '' });
    }
  }
  @Module({ imports: [PassportModule], controllers: [Pages], providers: [Login, Tokens] })
  class Root {}

  const app = await NestFactory.create<INestApplication<Server>>(Root, { logger: false });
  const strategy = app.get(Login);
  app.use(strategy.middleware(middleware));
  await app.init();
  server.handler = (req, res) => void app.getHttpServer().emit('request', req, res);
  running.add(async () => {
    await app.close();
    await server.stop();
  });
  const metadata = JSON.parse(JSON.stringify(strategy.client.metadata())) as { client_id: string };
  await op.op.register({ ...metadata, client_secret: clientSecret });
  return { url: server.url, strategy };
}

async function signIn(agent: UserAgent, { url }: Program, user = 'ada', page = '/me') {
  return op.op.signIn(agent, await agent.open(url + page), user);
}

describe.each<[who: string, middleware: MiddlewareOptions]>([
  ['the middleware', {}],
  ['a handler of its own', { callback: false }],
])("AuthGuard('oidc') where %s answers the callback", (_who, middleware) => {
  it('[D19] signs in, in two tabs at once, and back to each page', async () => {
    const program = await start(middleware);
    const agent = new UserAgent();
    const first = await agent.open(`${program.url}/me?tab=1`);
    const second = await agent.open(`${program.url}/reason?tab=2`);
    expect((await op.op.signIn(agent, first)).url).toBe(`${program.url}/me?tab=1`);
    const page = await op.op.signIn(agent, second);
    expect([page.url, json(page)]).toEqual([`${program.url}/reason?tab=2`, { user: { sub: 'ada' } }]);
  });

  it('keeps out whom the program refuses', async () => {
    const program = await start(middleware);
    const agent = new UserAgent();
    expect((await signIn(agent, program, 'mallory')).status).toBe(403);
    expect(json(await agent.fetch(`${program.url}/who`))).toEqual({ user: null });
  });
});

describe("AuthGuard('oidc')", () => {
  it('denies who is no navigation, and says why where it is told to', async () => {
    const { url } = await start();
    const [plain, reason] = await Promise.all(
      ['/me', '/reason'].map((page) => new UserAgent().fetch(url + page, { headers: background })),
    );
    expect([plain?.status, plain && json(plain).message]).toEqual([401, 'Unauthorized']);
    expect([reason?.status, reason && json(reason).message]).toEqual([401, 'You need to sign in first.']);
  });

  it('[RULE 6.1] denies forms of other sites', async () => {
    const program = await start();
    const agent = new UserAgent();
    await signIn(agent, program);
    const send = (site: string) =>
      agent.fetch(`${program.url}/orders`, { form: {}, headers: { 'sec-fetch-site': site } });
    expect((await send('cross-site')).status).toBe(403);
    expect(json(await send('same-origin'))).toEqual({ by: 'ada' });
  });

  it('[R46] [RULE 2.6] takes nobody for anonymous because of a fault', async () => {
    const store = breakableStore();
    const program = await start({}, { store });
    const agent = new UserAgent();
    await signIn(agent, program);
    store.down.add('all');
    const statuses = await Promise.all(['/reason', '/who', '/me'].map((page) => agent.fetch(program.url + page)));
    expect(statuses.map(({ status }) => status)).toEqual([503, 500, 500]);
    store.down.clear();
    expect(json(await agent.fetch(`${program.url}/who`))).toEqual({ user: { sub: 'ada' } });
  });

  it('[R57] is over when the session ends', async () => {
    const program = await start();
    const agent = new UserAgent();
    await signIn(agent, program);
    const { store, ref } = program.strategy.client;
    for (const { id } of await store.list(ref, 'ada')) await store.end({ client: ref, sessionId: id });
    expect((await agent.fetch(`${program.url}/me`, { headers: background })).status).toBe(401);
  });
});

describe("AuthGuard('bearer')", () => {
  const ask = async ({ url }: Program, page: string, token?: string): Promise<[number, string | null, unknown]> => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(url + page, { headers: { accept: 'application/json', ...headers } });
    return [answer.status, answer.headers.get('www-authenticate'), await answer.json()];
  };

  it('knows who a token is', async () => {
    const program = await start();
    const token = await op.issue();
    expect(await ask(program, '/read', token)).toEqual([200, null, { user: { sub: 'machine' } }]);
    expect(await ask(program, '/both', token)).toEqual([200, null, { user: { sub: 'machine' } }]);
  });

  it.each<[what: string, page: string, token: () => Promise<string | undefined>, challenge: string]>([
    ['nobody', '/read', () => Promise.resolve(undefined), 'Bearer'],
    ['what is no token', '/both', () => Promise.resolve('a.b.c'), 'error="invalid_token"'],
    ['what was not granted enough', '/write', () => op.issue(), 'error="insufficient_scope"'],
  ])('denies %s, with the challenge', async (_what, page, token, challenge) => {
    const program = await start();
    const [status, said] = await ask(program, page, await token());
    expect([status, said]).toEqual([401, expect.stringContaining(challenge)]);
  });
});
