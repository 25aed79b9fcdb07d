import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TestServer } from '../../packages/core/test/server.js';
import type { Rp, RpOptions } from '../src/rps/rp.js';

type Parameters = Readonly<Record<string, string | undefined>>;
type Metadata = Readonly<Record<string, string>>;

/** What a careless RP does beside believing whatever it is told. */
export interface Habits {
  /** What its authentication request says otherwise. */
  readonly authenticationRequest?: Parameters;
  /** Uses one verifier for every login. */
  readonly codeVerifier?: string;
  /** Joins id and secret without encoding them. */
  readonly rawBasic?: true;
  /** What its token request says otherwise. */
  readonly tokenRequest?: Parameters;
  /** Sends the code again. */
  readonly exchangesTwice?: true;
  /** Puts the access token into the query. */
  readonly tokenInQuery?: true;
  /** What its logout request says otherwise. */
  readonly logoutRequest?: Parameters;
  /** The headers of what it answers to a logout of the OP's. */
  readonly logoutHeaders?: Readonly<Record<string, string>>;
}

/** An RP that checks nothing: no issuer, no signature, no claim, no logout token. It works, which is the trouble. */
export function carelessRp(habits: Habits = {}): Rp {
  return {
    name: 'careless',
    async start(options) {
      const server = await TestServer.start(() => undefined);
      const rp = new Careless(options, server.url, habits);
      server.handler = (req, res) => void rp.answer(req, res);
      return { baseUrl: server.url, stop: () => server.stop() };
    },
  };
}

class Careless {
  readonly #options: RpOptions;
  readonly #baseUrl: string;
  readonly #habits: Habits;
  /** The ID tokens of its sessions, by cookie. */
  readonly #sessions = new Map<string, string>();
  readonly #verifier: string;

  constructor(options: RpOptions, baseUrl: string, habits: Habits) {
    this.#options = options;
    this.#baseUrl = baseUrl;
    this.#habits = habits;
    this.#verifier = habits.codeVerifier ?? random();
  }

  async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(req.url ?? '/', this.#baseUrl);
    const [, cookie = ''] = /session=([^;]+)/.exec(req.headers.cookie ?? '') ?? [];
    const { logoutHeaders = { 'cache-control': 'no-store' } } = this.#habits;
    if (pathname === '/auth/callback') return this.#complete(searchParams.get('code') ?? '', res);
    if (pathname === '/auth/logout') return this.#signOut(cookie, res);
    if (pathname === '/auth/logged-out') return go(res, `${this.#baseUrl}/bye`);
    if (/logout$/.test(pathname)) return void res.writeHead(200, logoutHeaders).end();
    if (pathname !== '/me' || this.#sessions.has(cookie)) return void res.end('Welcome.');
    if (req.headers['sec-fetch-mode'] !== 'navigate') return void res.writeHead(401).end();
    return this.#begin(res);
  }

  async #begin(res: ServerResponse): Promise<void> {
    const { authorization_endpoint: endpoint = '' } = await this.#metadata();
    const parameters = {
      response_type: 'code',
      client_id: this.#options.clientId,
      redirect_uri: `${this.#baseUrl}/auth/callback`,
      scope: 'openid email',
      state: random(),
      nonce: random(),
      code_challenge: createHash('sha256').update(this.#verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    go(res, `${endpoint}?${form({ ...parameters, ...this.#habits.authenticationRequest })}`);
  }

  async #complete(code: string, res: ServerResponse): Promise<void> {
    const { token_endpoint: endpoint = '', userinfo_endpoint: userinfo = '' } = await this.#metadata();
    const request = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: `${this.#baseUrl}/auth/callback`,
      code_verifier: this.#verifier,
    };
    const body = form({ ...request, ...this.#habits.tokenRequest });
    const ask = (): Promise<Response> =>
      fetch(endpoint, { method: 'POST', body, headers: { ...formType, authorization: this.#basic() } });
    const answer = await ask();
    if (this.#habits.exchangesTwice) await ask();
    if (!answer.ok) return void res.writeHead(502).end();
    const tokens = (await answer.json()) as Metadata;
    const { access_token: token, id_token: idToken = '' } = tokens;
    if (this.#habits.tokenInQuery) await fetch(`${userinfo}?${form({ access_token: token })}`);
    else await fetch(userinfo, { headers: { authorization: `Bearer ${token}` } });
    const id = random();
    this.#sessions.set(id, idToken);
    res.setHeader('set-cookie', `session=${id}; Path=/`);
    go(res, `${this.#baseUrl}/me`);
  }

  async #signOut(cookie: string, res: ServerResponse): Promise<void> {
    const { end_session_endpoint: endpoint = '' } = await this.#metadata();
    const parameters = {
      id_token_hint: this.#sessions.get(cookie),
      post_logout_redirect_uri: `${this.#baseUrl}/auth/logged-out`,
      state: random(),
    };
    this.#sessions.delete(cookie);
    go(res, `${endpoint}?${form({ ...parameters, ...this.#habits.logoutRequest })}`);
  }

  #basic(): string {
    const { clientId, clientSecret = '' } = this.#options;
    const encode = this.#habits.rawBasic ? (text: string): string => text : encodeURIComponent;
    return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
  }

  async #metadata(): Promise<Metadata> {
    const answer = await fetch(`${this.#options.issuer}.well-known/openid-configuration`);
    return (await answer.json()) as Metadata;
  }
}

const formType = { 'content-type': 'application/x-www-form-urlencoded' };

function random(): string {
  return randomBytes(32).toString('base64url');
}

function form(parameters: Parameters): string {
  const present = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(present).toString();
}

function go(res: ServerResponse, location: string): void {
  res.writeHead(303, { location }).end();
}
