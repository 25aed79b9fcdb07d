import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { buildSync } from 'esbuild';

const root = resolve(__dirname, '../../..');

/** What a server sent back, to the byte. */
export interface RawAnswer {
  readonly status: number;
  /** Lines of the head, the first left out. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** A program in a process of its own, in production, as a crash would end it. */
export class ServerProcess {
  /** What it printed of errors. */
  errors = '';
  /** Resolves when it has ended, and all that it printed is there. */
  readonly ended: Promise<unknown>;

  private constructor(
    readonly process: ChildProcess,
    readonly port: number,
  ) {
    this.ended = once(process, 'close');
    process.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
  }

  /** Starts the module of this text, which imports as a file in the root would, and prints the port that it listens on. */
  static async start(program: string): Promise<ServerProcess> {
    const { outputFiles } = buildSync({
      stdin: { contents: program, resolveDir: root },
      ...{ bundle: true, write: false, platform: 'node', format: 'esm', packages: 'external' },
      alias: { '@latchkey/core': resolve(root, 'packages/core/src/index.ts') },
    });
    const child = spawn(process.execPath, ['--input-type=module'], {
      cwd: root,
      // Nx asks its children for colours, and the port is a number.
      env: { ...process.env, NODE_ENV: 'production', FORCE_COLOR: '0' },
    });
    child.stdin.end(outputFiles[0]!.text);
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const [port] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [Buffer | number];
    if (!Buffer.isBuffer(port)) throw new Error(`The program ended before it listened: ${errors}`);
    return new ServerProcess(child, Number(port.toString()));
  }

  get isAlive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Sends bytes as they are on a connection of their own, and reads until the server closes it. */
  async send(bytes: Buffer): Promise<RawAnswer> {
    const socket = connect(this.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // What is no HTTP is cut off, which may reach us before its answer is read.
    socket.on('error', () => undefined);
    socket.write(bytes);
    await once(socket, 'close');
    const [head = '', ...body] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n');
    const [first = '', ...headers] = head.split('\r\n');
    return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]), headers, body: body.join('\r\n\r\n') };
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return;
    this.process.kill();
    await this.ended;
  }
}
