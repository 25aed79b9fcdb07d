import type { OidcOptions } from '@latchkey/core';
import express, { type Express, type RequestHandler } from 'express';
import express4 from 'express4';
import session, { type Store } from 'express-session';
import passport from 'passport';
import type { ForeignOp } from '../../core/test/foreign-op.js';
import { TestServer } from '../../core/test/server.js';
import type { Page, UserAgent } from '../../core/test/user-agent.js';
import { type MiddlewareOptions, OidcStrategy, type VerifiedLogin, type Verify } from '../src/index.js';

declare global {
  namespace Express {
    interface User {
      readonly sub: string;
      readonly name?: string;
    }
  }
}

/** Long enough. */
export const secret = 'a secret of forty bytes, for tests alone';
const clientSecret = 'a secret of this client';

/** The headers of a request that a script of a page makes. */
export const background = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };

/** Both majors, to run every spec on. */
export const majors = [
  { name: 'Express 5', make: express },
  { name: 'Express 4', make: express4 },
];

/** Options to be changed at will. */
export type AppOptions = Partial<Omit<OidcOptions, 'session'>> & { readonly session?: Partial<OidcOptions['session']> };

/** How a program is put together. */
export interface Build {
  readonly make?: () => Express;
  readonly verify?: Verify<VerifiedLogin>;
  readonly middleware?: MiddlewareOptions;
  /** Keeps the user of passport in a login session of `express-session`, in this store or its own. */
  readonly loginSession?: boolean | Store;
  /** What is mounted before all else. */
  readonly before?: (app: App) => void;
  /** The pages; default: `pages`. */
  readonly build?: (app: App) => void;
}

const running = new Set<App>();
afterEach(() => Promise.all([...running].map((app) => app.stop())));

/** A program with passport on a port that the system gives, registered at the OP; it stops after the test. */
export class App {
  private constructor(
    readonly server: TestServer,
    readonly express: Express,
    readonly passport: passport.Authenticator,
    readonly strategy: OidcStrategy,
  ) {}

  static async start(op: ForeignOp, options: AppOptions = {}, build: Build = {}): Promise<App> {
    const server = await TestServer.start((_req, res) => res.writeHead(503).end());
    const clientId = `app-${new URL(server.url).port}`;
    const program = (build.make ?? express)();
    program.set('env', 'test'); // Express then keeps what its own error handler prints to itself
    const strategy = new OidcStrategy(
      {
        issuer: op.issuer,
        clientId,
        clientSecret,
        baseUrl: server.url,
        ...options,
        session: { secret, ...options.session },
      },
      build.verify ?? (({ user }) => user),
    );
    const app = new App(server, program, new passport.Passport(), strategy);
    app.passport.use(strategy);
    build.before?.(app);
    if (build.loginSession) app.#keepLogins(clientId, build.loginSession);
    program.use(strategy.middleware(build.middleware));
    (build.build ?? pages)(app);
    program.use(strategy.errorHandler());
    server.handler = program;
    running.add(app);
    await op.register({ ...metadataOf(strategy), client_secret: clientSecret });
    return app;
  }

  #keepLogins(name: string, store: true | Store): void {
    const own = store === true ? {} : { store };
    this.express.use(session({ secret, name, resave: false, saveUninitialized: false, ...own }));
    this.express.use(this.restored());
    this.passport.serializeUser((user, done) => done(null, JSON.stringify(user)));
    this.passport.deserializeUser((text: string, done) => done(null, JSON.parse(text) as Express.User));
  }

  /** Where it is reached from outside. */
  get url(): string {
    return this.server.url;
  }

  /** Below which its pages are. */
  get pages(): string {
    return this.server.url;
  }

  get client(): OidcStrategy['client'] {
    return this.strategy.client;
  }

  /** What restores the user of a login session. */
  restored(): RequestHandler {
    return this.passport.session() as RequestHandler;
  }

  /** Lets whom a strategy knows pass, in the words of passport. */
  by(strategy: string | string[] | passport.Strategy, options: passport.AuthenticateOptions = {}): RequestHandler {
    return this.passport.authenticate(strategy, options) as RequestHandler;
  }

  /** Lets who is signed in pass, and leaves all others to the error handler. */
  signedIn(options: passport.AuthenticateOptions = {}): RequestHandler {
    return this.by('oidc', { failWithError: true, ...options });
  }

  /** Who a browser is here, by its page `/who`. */
  async who(agent: UserAgent): Promise<unknown> {
    return json(await agent.fetch(`${this.url}/who`)).user;
  }

  /** A form of the program's own page sent to it. */
  post(agent: UserAgent, path: string, form: Record<string, string> = {}): Promise<Page> {
    return agent.fetch(this.url + path, { form, headers: { 'sec-fetch-site': 'same-origin', origin: this.url } });
  }

  async stop(): Promise<void> {
    running.delete(this);
    await this.server.stop();
  }
}

/** Pages that most specs need. */
export function pages(app: App): void {
  app.express.get('/who', app.signedIn({ optional: true }), (req, res) => void res.json({ user: req.user ?? null }));
  app.express.get('/public', (_req, res) => void res.json({ public: true }));
  app.express.use('/private', app.signedIn(), (req, res) => void res.json({ at: req.originalUrl, user: req.user }));
  app.express.post('/orders', app.signedIn(), (req, res) => void res.json({ by: req.user?.sub }));
}

/** The callback as a route of the program's own, that passport answers. */
export function callback(app: App): void {
  app.express.get('/auth/callback', app.signedIn(), (req, res) => res.redirect(req.authInfo?.returnTo ?? '/'));
  pages(app);
}

function metadataOf({ client }: OidcStrategy): { client_id: string } {
  return JSON.parse(JSON.stringify(client.metadata())) as { client_id: string };
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
  return op.signIn(agent, await agent.open(`${app.url}/private`), user);
}

/** Signs out by the program's own form, then at the OP, and comes back. */
export async function signOut(agent: UserAgent, app: App, form: Record<string, string> = {}): Promise<Page> {
  const leaving = await app.post(agent, '/auth/logout', form);
  return agent.submit(await agent.open(actionOf(leaving)), { logout: 'yes' });
}
