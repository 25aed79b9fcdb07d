import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OidcOptions } from '@latchkey/core';
import express, { type Express } from 'express';
import express4 from 'express4';
import type { ForeignOp } from '../../core/test/foreign-op.js';
import type { Page, UserAgent } from '../../core/test/user-agent.js';
import { oidc, requireLogin, type OidcMiddleware } from '../src/index.js';

/** Both majors, to run every spec on. */
export const majors = [
  { name: 'Express 5', express },
  { name: 'Express 4', express: express4 },
];

/** Long enough. */
export const secret = 'a secret of forty bytes, for tests alone';

/** The headers of a request that a script of a page makes. */
export const background = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };

/** Options to be changed at will, and where the program lies on its host. */
export type AppOptions = Partial<Omit<OidcOptions, 'session'>> & {
  readonly session?: Partial<OidcOptions['session']>;
  readonly path?: string;
};

/** Where programs sign people in; one that has clients registers them. */
export interface AnyOp {
  readonly issuer: string;
  register?: ForeignOp['register'];
}

/** Builds a program around the middleware. */
export type Build = (app: Express, auth: OidcMiddleware) => void;

const running = new Set<App>();
afterEach(() => Promise.all([...running].map((app) => app.stop())));

/**
 * A program on a port that the system gives, registered at the OP with what its own `client.metadata()` says; it
 * stops after the test.
 */
export class App {
  private constructor(
    readonly server: Server,
    /** Where it is reached from outside. */
    readonly url: string,
    readonly auth: OidcMiddleware,
  ) {}

  static async start(
    op: AnyOp,
    make: () => Express,
    { path = '', session, ...options }: AppOptions = {},
    build: Build = plain,
  ): Promise<App> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const baseUrl = `http://localhost:${port}${path}`;
    const clientId = `app-${port}`;
    const clientSecret = 'a secret of this client';
    const auth = oidc({
      issuer: op.issuer,
      clientId,
      clientSecret,
      baseUrl,
      ...options,
      session: { secret, ...session },
    });
    await op.register?.({ ...metadataOf(auth), client_secret: clientSecret });
    const app = make();
    app.set('env', 'test'); // Express then keeps what its own error handler prints to itself
    build(app, auth);
    server.on('request', app);
    const started = new App(server, baseUrl, auth);
    running.add(started);
    return started;
  }

  get origin(): string {
    return new URL(this.url).origin;
  }

  /** Who a browser is here, by its page `/who`. */
  async who(agent: UserAgent): Promise<unknown> {
    return json(await agent.fetch(`${this.url}/who`)).user;
  }

  /** A form of the program's own page sent to it. */
  post(agent: UserAgent, path: string, form: Record<string, string> = {}): Promise<Page> {
    return agent.fetch(this.url + path, { form, headers: { 'sec-fetch-site': 'same-origin', origin: this.origin } });
  }

  async stop(): Promise<void> {
    running.delete(this);
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

/** Pages that most specs need. */
export function pages(app: Express): void {
  app.get('/who', (req, res) => void res.json({ user: req.oidc.user ?? null }));
  app.get('/public', (_req, res) => void res.json({ public: true }));
  app.use('/private', requireLogin(), (req, res) => void res.json({ at: req.originalUrl, user: req.oidc.user }));
}

function plain(app: Express, auth: OidcMiddleware): void {
  app.use(auth);
  pages(app);
}

function metadataOf({ client }: OidcMiddleware): { client_id: string } {
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
  const asking = await agent.open(actionOf(leaving));
  return agent.submit(asking, { logout: 'yes' });
}
