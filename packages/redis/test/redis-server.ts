import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'redis';

const found = spawnSync('redis-server', ['--version']).status === 0;
if (!found) console.warn('redis-server was not found: tests on a real Redis are skipped.');

/** A replica need not wait for others that might want the same data. */
const soon = ['--repl-diskless-sync-delay', '0'];

/** In memory where there is room: what is written to disk after every command is written just the same, but at once. */
const place = existsSync('/dev/shm') && roomIn('/dev/shm') > 2 ** 29 ? '/dev/shm' : tmpdir();

function roomIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** `describe` where there is a redis-server; elsewhere everything in it is skipped, which fails in CI. */
export const describeWithRedis = found ? describe : describe.skip;

export interface RedisServerOptions {
  readonly port?: number;
  readonly password?: string;
  /** Takes nothing but TLS, by the certificate that the settings name. */
  readonly tls?: boolean;
  /** Further settings, as on the command line: `['--maxmemory', '10mb']`. */
  readonly settings?: readonly string[];
}

/** A Redis of a test's own, that writes every command to disk before it answers. */
export class RedisServer {
  readonly port: number;
  readonly #options: RedisServerOptions;
  readonly #folder = mkdtempSync(join(place, 'latchkey-redis-'));
  #child: ChildProcess | undefined;

  constructor(port: number, options: RedisServerOptions) {
    this.port = port;
    this.#options = options;
  }

  get url(): string {
    const { password, tls = false } = this.#options;
    return `${tls ? 'rediss' : 'redis'}://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${this.port}`;
  }

  /** A socket of the system that it listens on too, unless TLS is asked for. */
  get path(): string {
    return join(this.#folder, 'redis.sock');
  }

  /** Starts it, unless it runs; with the data that it wrote. Resolves when it takes connections. */
  async start(): Promise<void> {
    if (this.#child) return;
    const { password, tls = false, settings = [] } = this.#options;
    const own = ['--dir', this.#folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', '', ...soon];
    const secret = password === undefined ? [] : ['--requirepass', password];
    const ports = tls
      ? ['--port', '0', '--tls-port', String(this.port)]
      : ['--port', String(this.port), '--unixsocket', this.path];
    const args = [...ports, '--bind', '127.0.0.1', ...own, ...secret, ...settings];
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    // A test run that fails or is broken off does not wait for it, and leaves nothing running.
    child.unref();
    process.once('exit', () => child.kill('SIGKILL'));
    let said = '';
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (text: Buffer) => {
        said += text.toString();
        if (!/ready to accept connections/i.test(said)) return;
        (child.stdout as Socket).unref();
        resolve();
      });
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${said}`)));
      child.once('error', reject);
    });
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Lets it hang: connections stay open, nothing is answered until it goes on. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it, and removes what it wrote. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Sends commands one after the other, over a connection of their own; returns the replies. */
  async command(...commands: readonly (readonly string[])[]): Promise<unknown[]> {
    const client = createClient({ url: this.url, socket: { reconnectStrategy: false } });
    await client.connect();
    const replies: unknown[] = [];
    for (const one of commands) replies.push(await client.sendCommand(one));
    client.destroy();
    return replies;
  }
}

/** Starts a Redis on a port that the system gives; another one, when somebody was faster to take it. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  for (let tries = 1; ; tries++) {
    const server = new RedisServer(options.port ?? (await freePort()), options);
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.remove();
      if (tries === 5) throw error;
    }
  }
}

/** Starts a cluster of masters that share the slots evenly. */
export async function startCluster(masters: number): Promise<readonly RedisServer[]> {
  const nodes = await Promise.all(Array.from({ length: masters }, () => startClusterNode()));
  const share = Math.ceil(16384 / masters);
  for (const [n, { server }] of nodes.entries()) {
    const last = Math.min(16384, (n + 1) * share) - 1;
    await server.command(
      ['CLUSTER', 'SET-CONFIG-EPOCH', String(n + 1)],
      ['CLUSTER', 'ADDSLOTSRANGE', String(n * share), String(last)],
    );
  }
  await nodes[0]?.server.command(
    ...nodes.slice(1).map(({ server: { port }, bus }) => ['CLUSTER', 'MEET', '127.0.0.1', String(port), String(bus)]),
  );
  await Promise.all(nodes.map(({ server }) => untilInfo(server, ['CLUSTER', 'INFO'], /cluster_state:ok/)));
  const servers = nodes.map(({ server }) => server);
  const all = new RegExp(`cluster_known_nodes:${masters}\\r\\n(.*\\r\\n)*cluster_size:${masters}`);
  await Promise.all(servers.map((server) => untilInfo(server, ['CLUSTER', 'INFO'], all)));
  return servers;
}

/** Starts one more server of a cluster, as the replica of one of its masters. */
export async function startClusterReplica(master: RedisServer): Promise<RedisServer> {
  const { server, bus } = await startClusterNode();
  const [id] = await master.command(
    ['CLUSTER', 'MYID'],
    ['CLUSTER', 'MEET', '127.0.0.1', String(server.port), String(bus)],
  );
  await untilInfo(server, ['CLUSTER', 'INFO'], /cluster_slots_ok:16384/);
  await server.command(['CLUSTER', 'REPLICATE', String(id)]);
  await untilInfo(server, ['INFO', 'replication'], /master_link_status:up/);
  return server;
}

/** A server of a cluster of its own, without slots. */
export async function startClusterNode(): Promise<{ server: RedisServer; bus: number }> {
  const bus = await freePort();
  const settings = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '5000'];
  return { server: await startRedis({ settings }), bus };
}

/** Asks until the answer is as expected; Redis tells nobody of such a change by itself. */
export async function untilInfo(server: RedisServer, command: readonly string[], expected: RegExp): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const [info] = await server.command(command);
    if (expected.test(String(info))) return;
    await wait(25);
  }
  throw new Error(`Redis did not come to ${String(expected)}.`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
