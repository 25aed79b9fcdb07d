import 'reflect-metadata';
import {
  type CallHandler,
  type CanActivate,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  ForbiddenException,
  Get,
  type INestApplication,
  type LoggerService,
  Module,
  type NestInterceptor,
  Post,
  type Type,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { OidcClient, type OidcOptions, type TokenOptions, type UserClaims } from '@latchkey/core';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import { map, type Observable } from 'rxjs';
import type { ForeignOp } from '../../core/test/foreign-op.js';
import { TestServer } from '../../core/test/server.js';
import type { Page, UserAgent } from '../../core/test/user-agent.js';
import { CurrentUser, LoginGuard, OidcModule, Public } from '../src/index.js';

/** Long enough. */
export const secret = 'a secret of forty bytes, for tests alone';

/** The headers of a request that a script of a page makes. */
export const background = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };

/** Both platforms. */
export const platforms: { name: string; adapter: () => AbstractHttpAdapter }[] = [
  { name: 'Express', adapter: () => new ExpressAdapter() },
  { name: 'Fastify', adapter: () => new FastifyAdapter() },
];

/** Every platform as it is, and with all that an application may set up globally. */
export const surroundings = platforms.flatMap((platform) => [
  { ...platform, prefix: '', surround: (): void => undefined },
  {
    name: `${platform.name}, under a prefix, a guard, an interceptor and a strict pipe of the whole application`,
    adapter: platform.adapter,
    prefix: '/api',
    surround: (app: INestApplication): void => {
      app.setGlobalPrefix('api');
      app.useGlobalGuards(new NoLatchkeyRoutes());
      app.useGlobalInterceptors(new Wrapping());
      app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
      app.enableVersioning();
    },
  },
]);

/** What stands around a program of a test. */
export type Surroundings = (typeof surroundings)[number];

/** Would stop our routes if it were asked about them. */
class NoLatchkeyRoutes implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { url } = context.switchToHttp().getRequest<{ url: string }>();
    if (url.includes('/auth/')) throw new ForbiddenException('A guard of the application saw a route of ours.');
    return true;
  }
}

/** Would change our answers if it saw them. */
class Wrapping implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ ...(data as object), wrapped: true })));
  }
}

/** Options to be changed at will, and where the program lies on its host. */
export type AppOptions = Partial<Omit<OidcOptions, 'session'>> & {
  readonly session?: Partial<OidcOptions['session']>;
  /** Which tokens the program takes. */
  readonly token?: Partial<TokenOptions>;
};

/** Pages that most specs need. */
@Controller()
@UseGuards(LoginGuard)
export class Pages {
  @Get('who')
  @Public()
  who(@CurrentUser() user?: UserClaims): object {
    return { user: user ?? null };
  }
  @Get('public')
  @Public()
  everybody(): object {
    return { public: true };
  }
  @Get(['private', 'private/:page'])
  mine(@CurrentUser() user: UserClaims): object {
    return { user };
  }
  @Post('orders')
  order(@CurrentUser() user: UserClaims): object {
    return { by: user.sub };
  }
}

/** What a test puts into the module of its program, beside `OidcModule`. */
export interface Build {
  readonly controllers?: Type[];
  readonly providers?: DynamicModule['providers'] & object;
  readonly imports?: DynamicModule['imports'] & object;
  readonly surround?: (app: INestApplication) => unknown;
  /** Hears what Nest's logger is told. */
  readonly logger?: LoggerService;
}

@Module({})
class Root {}

const running = new Set<App>();
afterEach(() => Promise.all([...running].map((app) => app.stop())));

/** A program on a port that the system gives, registered at the OP as its own `client.metadata()` says; it stops after the test. */
export class App {
  private constructor(
    readonly server: TestServer,
    readonly nest: INestApplication<Server>,
    /** Below which its pages are. */
    readonly pages: string,
  ) {}

  static async start(
    op: ForeignOp,
    { adapter, prefix, surround }: Surroundings,
    options: AppOptions = {},
    build: Build | ((server: TestServer) => Build) = {},
  ): Promise<App> {
    const server = await TestServer.start((_req, res) => res.writeHead(503).end());
    const given = typeof build === 'function' ? build(server) : build;
    const { controllers = [Pages], providers = [], imports = [] } = given;
    const all = optionsFor(op, server, options);
    const root = { module: Root, imports: [OidcModule.forRoot(all), ...imports], controllers, providers };
    const nest = await NestFactory.create<INestApplication<Server>>(root, adapter(), {
      logger: given.logger ?? false,
    });
    try {
      surround(nest);
      given.surround?.(nest);
      await nest.init();
    } catch (error) {
      // What does not start leaves nothing running.
      await nest.close();
      await server.stop();
      throw error;
    }
    await (nest.getHttpAdapter().getInstance() as { ready?: () => Promise<void> }).ready?.();
    server.handler = (req, res) => void nest.getHttpServer().emit('request', req, res);
    server.takeUpgrades((req, socket, head) => {
      if (!nest.getHttpServer().emit('upgrade', req, socket, head)) socket.destroy();
    });
    const app = new App(server, nest, server.url + prefix);
    running.add(app);
    await register(op, app.client);
    return app;
  }

  /** Where it is reached from outside. */
  get url(): string {
    return this.server.url;
  }

  get client(): OidcClient {
    return this.nest.get(OidcClient, { strict: false });
  }

  /** Who a browser is here, by its page `/who`. */
  async who(agent: UserAgent): Promise<unknown> {
    return json(await agent.fetch(`${this.pages}/who`)).user;
  }

  /** A form of the program's own page sent to it. */
  post(agent: UserAgent, url: string, form: Record<string, string> = {}): Promise<Page> {
    return agent.fetch(url, { form, headers: { 'sec-fetch-site': 'same-origin', origin: this.url } });
  }

  async stop(): Promise<void> {
    running.delete(this);
    await this.nest.close();
    await this.server.stop();
  }
}

const clientSecret = 'a secret of this client';

/** Completes options for a program at a server. */
export function optionsFor(
  op: ForeignOp,
  { url }: TestServer,
  { session, ...options }: AppOptions,
): OidcOptions & Pick<AppOptions, 'token'> {
  const clientId = `app-${new URL(url).port}`;
  return { issuer: op.issuer, clientId, clientSecret, baseUrl: url, ...options, session: { secret, ...session } };
}

/** Registers a client as its own `metadata()` says. */
export function register(op: ForeignOp, client: OidcClient): Promise<void> {
  const metadata = JSON.parse(JSON.stringify(client.metadata())) as { client_id: string };
  return op.register({ ...metadata, client_secret: clientSecret });
}

/** The JSON of a page. */
export function json(page: Page): Record<string, unknown> {
  return JSON.parse(page.text) as Record<string, unknown>;
}

/** Where the one thing to do on a page of ours leads. */
export function actionOf(page: Page): string {
  const href = /<a class="act" href="([^"]*)"/.exec(page.text)?.[1] ?? '';
  return new URL(
    href.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code))),
    page.url,
  ).href;
}

/** Signs in, from a page of the program back to it. */
export async function signIn(agent: UserAgent, op: ForeignOp, app: App, user = 'ada'): Promise<Page> {
  return op.signIn(agent, await agent.open(`${app.pages}/private`), user);
}

/** Signs out by the program's own form, then at the OP, and comes back. */
export async function signOut(agent: UserAgent, app: App, form: Record<string, string> = {}): Promise<Page> {
  const leaving = await app.post(agent, `${app.url}/auth/logout`, form);
  return agent.submit(await agent.open(actionOf(leaving)), { logout: 'yes' });
}
