import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { OidcOptions } from '@latchkey/core';
import type { RedisSessionStoreOptions } from '@latchkey/redis';
import type { ForeignOp } from '../../packages/core/test/foreign-op.js';

/** What every machine of an application is started with. */
export interface MachineOptions extends Partial<Omit<OidcOptions, 'session'>> {
  readonly redis: RedisSessionStoreOptions;
  readonly session?: Partial<OidcOptions['session']>;
}

/** One process that runs the application. */
export interface Machine {
  readonly process: ChildProcess;
  readonly port: number;
}

/** One application on several machines, behind a proxy that sends every request to the next of them. */
export class Application {
  readonly machines: Machine[] = [];
  /** Requests that came in. */
  requests = 0;
  readonly #options: MachineOptions;
  readonly #proxy: Server;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(proxy: Server, options: MachineOptions) {
    this.#proxy = proxy;
    this.#options = options;
    proxy.on('request', (req: IncomingMessage, res: ServerResponse) => this.#forward(req, res));
  }

  /** Starts it on so many machines, and registers it at the OP, if that wants to know its clients. */
  static async start(
    op: Pick<ForeignOp, 'issuer'> & Partial<Pick<ForeignOp, 'register'>>,
    machines: number,
    options: MachineOptions,
  ): Promise<Application> {
    const proxy = createServer().listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const application = new Application(proxy, { issuer: op.issuer, ...options });
    const started = await Promise.all(Array.from({ length: machines }, () => application.add()));
    const grants = { grant_types: ['authorization_code', 'refresh_token'] };
    await op.register?.({ ...started[0]?.metadata, ...grants, client_id: 'app', client_secret: secret });
    return application;
  }

  get url(): string {
    return `http://localhost:${(this.#proxy.address() as AddressInfo).port}`;
  }

  /** Starts one more machine. */
  async add(): Promise<Machine & { readonly metadata: object }> {
    const session = { secret, ...this.#options.session };
    const all = { baseUrl: this.url, clientId: 'app', clientSecret: secret, ...this.#options, session };
    const child = fork(join(__dirname, 'machine.mjs'), [JSON.stringify(all)], {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    let said = '';
    child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    const ended = once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`A machine ended with ${code}: ${said}`)),
    );
    const [{ port, metadata }] = (await Promise.race([once(child, 'message'), ended])) as [
      { port: number; metadata: object },
    ];
    ended.catch(() => undefined); // from here on, who ends it knows
    const machine = { process: child, port, metadata };
    this.machines.push(machine);
    return machine;
  }

  /** Ends a machine as a power cut does; no request goes there any more. */
  async kill(machine: Machine): Promise<void> {
    this.machines.splice(this.machines.indexOf(machine), 1);
    const ended = once(machine.process, 'exit');
    machine.process.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    this.#proxy.close();
    this.#proxy.closeAllConnections();
    this.#agent.destroy();
    for (const machine of [...this.machines]) await this.kill(machine);
  }

  #forward(req: IncomingMessage, res: ServerResponse): void {
    const machine = this.machines[this.requests++ % this.machines.length];
    const { method, url: path, headers } = req;
    const onward = request(
      { host: '127.0.0.1', port: machine?.port, method, path, headers, agent: this.#agent },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(res);
      },
    );
    onward.on('error', () => (res.headersSent ? res.destroy() : res.writeHead(502).end()));
    req.pipe(onward);
  }
}

/** Long enough, for the client and for the cookies. */
export const secret = 'a secret of forty bytes, for tests alone';
