import type { IncomingMessage, ServerResponse } from 'node:http';
import { OidcClient } from '../src/client/client.js';
import type { Clock } from '../src/clock.js';
import { OidcError } from '../src/errors.js';
import { handle } from '../src/handler.js';
import { demandLogin, type LoginDemand } from '../src/login/demand-login.js';
import { headerOf, send, targetOf, toRequest } from '../src/node-http.js';
import type { OidcOptions } from '../src/options.js';
import { errorAnswer } from '../src/pages/error-answer.js';
import { Visit } from '../src/visit.js';
import { TestServer } from './server.js';
import type { Page, UserAgent } from './user-agent.js';

/** A secret for tests; long enough. */
export const secret = 'a secret of forty bytes, for tests alone';

/** Options of a client of an OP, to be changed at will. */
export type PartyOptions = Partial<Omit<OidcOptions, 'session'>> & { session?: Partial<OidcOptions['session']> };

/** Completes options for tests. */
export function optionsFor(issuer: string, baseUrl: string, options: PartyOptions = {}): OidcOptions {
  const { session, ...rest } = options;
  const clientSecret = rest.clientAuthMethod === 'none' ? {} : { clientSecret: 'the-client-secret' };
  return { issuer, baseUrl, clientId: 'app', ...clientSecret, ...rest, session: { secret, ...session } };
}

/** What the pages of the program say: which page it is, and who is signed in. */
export interface Said {
  readonly page: string;
  readonly sub: string | null;
  readonly user?: unknown;
}

/**
 * A program that signs people in at an OP, on Node's own server and nothing else. `/public` never asks for a session,
 * what is below `/private` demands one, what is below `/private/well` one of acr `gold`, what is below `/private/now` one
 * whose user authenticated within 5 minutes; every other page says who is signed in.
 */
export class RelyingParty {
  private constructor(
    readonly server: TestServer,
    readonly client: OidcClient,
  ) {}

  /** Starts one. */
  static async start(op: { issuer: string; clock?: Clock }, options: PartyOptions = {}): Promise<RelyingParty> {
    const server = await TestServer.start((_req, res) => res.writeHead(503).end());
    const clock = options.clock ?? op.clock;
    const client = new OidcClient(optionsFor(op.issuer, server.url, { ...(clock && { clock }), ...options }));
    const party = new RelyingParty(server, client);
    server.handler = (req, res) => {
      party.#serve(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
    };
    return party;
  }

  get url(): string {
    return this.server.url;
  }

  get host(): string {
    return new URL(this.url).hostname;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** Signs a browser in, from a page of the program back to it. */
  login(agent: UserAgent, page = '/private'): Promise<Page> {
    return agent.open(this.url + page);
  }

  /** Asks the program who is signed in. */
  async whoIs(agent: UserAgent): Promise<string | null> {
    return said(await agent.fetch(`${this.url}/who`)).sub;
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { client } = this;
    const answer = await handle(client, await toRequest(req, this.url));
    if (answer) return send(answer, res);
    const visit = new Visit(client, req.method ?? 'GET', targetOf(req), (name) => headerOf(req, name));
    await send(await this.#page(visit), res);
  }

  async #page(visit: Visit): Promise<Response> {
    const page = visit.target.slice(new URL(this.client.baseUrl).pathname.replace(/\/$/, '').length);
    if (page.startsWith('/public')) return Response.json({ page });
    try {
      if (page.startsWith('/private')) {
        const refusal = await demandLogin(visit, demandOf(page));
        if (refusal) return refusal;
      }
      const session = await visit.session();
      const body = { page, sub: session?.sub ?? null, user: session?.user };
      const answer = Response.json(body, { headers: { 'Cache-Control': 'private, no-store' } });
      for (const cookie of visit.takeCookies()) answer.headers.append('Set-Cookie', cookie);
      return answer;
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      return errorAnswer(visit, error);
    }
  }
}

function demandOf(page: string): LoginDemand | undefined {
  if (page.startsWith('/private/well')) return { acr: 'gold platinum' };
  return page.startsWith('/private/now') ? { maxAge: 300 } : undefined;
}

/** Reads what a page of the program says. */
export function said(page: Page): Said {
  return JSON.parse(page.text) as Said;
}
