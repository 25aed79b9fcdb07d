import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TestServer } from '../../../packages/core/test/server.js';
import { authorize } from './authorize.js';
import type { Deviations } from './deviations.js';
import { discovery, jwks } from './discovery.js';
import { endSession } from './end-session.js';
import { frontChannelPage } from './front-channel-logout.js';
import { failure, json, readRequest, writeAnswer, type OpAnswer, type OpRequest } from './http.js';
import { TestRun, type Endpoint, type Variant } from './test-run.js';
import { token } from './token.js';
import { userinfo } from './userinfo.js';
import { Stop } from './verdict.js';

type Handler = (run: TestRun, request: OpRequest) => OpAnswer | Promise<OpAnswer>;

const alias = 'latchkey';

const handlers: Readonly<Record<Endpoint, Handler>> = {
  discovery,
  jwks,
  authorize,
  token,
  userinfo,
  end_session: endSession,
  frontchannel_page: (run) => frontChannelPage(run),
  frontchannel_callback: () => json({ ok: true }),
};

/** How far into a login, or beyond it, a call is. Keys may be asked for at any time. */
const order: readonly Endpoint[] = ['jwks', 'discovery', 'authorize', 'token', 'userinfo', 'end_session'];

/** The OP of the OpenID Foundation's suite, made for one test: it checks what comes and does one thing wrong. */
export class SuiteOp {
  readonly run: TestRun;
  readonly #server: TestServer;
  readonly #paths: ReadonlyMap<string, Endpoint>;
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;

  private constructor(server: TestServer, run: TestRun) {
    this.#server = server;
    this.run = run;
    this.#paths = pathsOf(run);
    server.handler = (req, res) => void this.#serve(req, res);
  }

  static async start(deviations: Deviations, variant: Variant): Promise<SuiteOp> {
    const server = await TestServer.start(() => undefined);
    return new SuiteOp(server, new TestRun(`${server.url}/test/a/${alias}/`, variant, deviations));
  }

  /** Resolves when no request is under way. */
  async settled(): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    this.#inFlight++;
    const over = once(res, 'close');
    try {
      writeAnswer(await this.#answer(await readRequest(req)), res);
      await over;
    } catch {
      this.run.verdict.fail(`a request to ${req.url} broke off`);
    }
    if (--this.#inFlight === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #answer(request: OpRequest): Promise<OpAnswer> {
    const endpoint = this.#paths.get(request.path);
    if (endpoint === undefined) {
      this.run.verdict.fail(`a call to ${request.path}, which is no endpoint of this OP`);
      return failure(404, 'not found');
    }
    this.#log(endpoint);
    try {
      return await handlers[endpoint](this.run, request);
    } catch (error) {
      const text = error instanceof Error ? error.message : 'unknown';
      if (!(error instanceof Stop)) this.run.verdict.fail(`${endpoint} broke: ${text}`);
      return failure(error instanceof Stop ? 400 : 500, text);
    }
  }

  #log(endpoint: Endpoint): void {
    const { calls, deviations, verdict } = this.run;
    calls.push(endpoint);
    const { last = endpoint } = deviations;
    const early = order.includes(endpoint) && order.indexOf(endpoint) <= order.indexOf(last);
    verdict.expect(endpoint === last || early, `expected nothing after ${last}, came a call to ${endpoint}`);
  }
}

function pathsOf({ issuer, deviations }: TestRun): ReadonlyMap<string, Endpoint> {
  const { pathname } = new URL(issuer);
  const names: readonly (readonly [string, Endpoint])[] = [
    ['.well-known/openid-configuration', 'discovery'],
    [deviations.jwksPath ?? 'jwks', 'jwks'],
    ['authorize', 'authorize'],
    ['token', 'token'],
    ['userinfo', 'userinfo'],
  ];
  const logout: readonly (readonly [string, Endpoint])[] = [
    ['end_session_endpoint', 'end_session'],
    ['frontchannel_logout_handler', 'frontchannel_page'],
    ['frontchannel_logout_callback', 'frontchannel_callback'],
  ];
  const all = deviations.logout ? [...names, ...logout] : names;
  return new Map(all.map(([path, endpoint]) => [pathname + path, endpoint]));
}
