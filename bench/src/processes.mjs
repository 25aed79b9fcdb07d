// Processes that are timed, each pinned to a core where the system can do that, and ended when they are done with.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const cores = { server: '0', load: '1' };
export const pinned = availableParallelism() > 1 && pin(process.pid);

/** Pins this process, all of its threads, to the core of the load. */
function pin(pid) {
  try {
    execFileSync('taskset', ['-a', '-c', '-p', cores.load, String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // no taskset here, or not two cores
  }
}

/** A command with its arguments, to be run on the core of the load or of the server. */
export function on(core, command) {
  return pinned ? ['taskset', '-c', cores[core], ...command] : command;
}

/** A child that tells its URL; its stderr is shown when it dies too early. */
class Child {
  #process;
  url = '';

  static async start(core, file, args) {
    const child = new Child();
    const [command, ...rest] = on(core, [process.execPath, fileURLToPath(new URL(file, import.meta.url)), ...args]);
    const env = { ...process.env, NODE_ENV: 'production' };
    child.#process = spawn(command, rest, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let stderr = '';
    child.#process.stderr.on('data', (chunk) => (stderr = (stderr + chunk).slice(-4096)));
    const died = once(child.#process, 'exit').then(() => {
      throw new Error(`${file} ${args.join(' ')} ended: ${stderr}`);
    });
    died.catch(() => undefined);
    const [{ url }] = await Promise.race([once(child.#process, 'message'), died]);
    child.url = url;
    return child;
  }

  /** CPU time it has used so far, in microseconds. */
  async cpu() {
    const { user, system } = await this.#tell({});
    return user + system;
  }

  /** Sets its clock ahead by so many milliseconds. */
  async setAhead(ahead) {
    await this.#tell({ ahead });
  }

  async #tell(message) {
    const answer = once(this.#process, 'message');
    this.#process.send(message);
    return (await answer)[0];
  }

  async stop() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
  }
}

/**
 * Starts a process for each server, and an OP where no issuer is named, hands the servers to `work` by their names, and
 * ends them all.
 */
export async function withServers(names, work, issuer) {
  const children = [];
  const start = async (...args) => {
    const child = await Child.start(...args);
    children.push(child);
    return child;
  };
  try {
    const op = issuer ?? (await start('load', 'op.mjs', [])).url;
    const servers = new Map();
    for (const [name, file] of Object.entries(names)) servers.set(name, await start('server', 'serve.mjs', [file, op]));
    return await work(servers);
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}
