import { OidcError, UnavailableError } from '@latchkey/core';
import { isCluster, type RedisClient, type RedisNode } from './client.js';
import { Deadlines, Late } from './deadlines.js';
import type { Script } from './scripts/script.js';

/** Milliseconds between two tries to find a cluster. */
const retryAfter = 200;

/** How a connection behaves. */
export interface ConnectionSettings {
  /** How long a command may take, and how long a loss of the connection is waited out; milliseconds. */
  readonly timeout: number;
  /** Whether the client is ours to connect and to close. */
  readonly own: boolean;
  /** Hears of every connection that is made. */
  readonly onReady?: () => void;
}

/**
 * A connection to one Redis or to a cluster. Commands never wait longer than `timeout`: neither for an answer, nor for
 * a connection that was lost. Once it has been lost for that long they fail at once, until it is there again.
 */
export class Connection {
  #base: RedisClient;
  /** The same, whatever the program's own client makes of replies: strings. */
  #client: RedisClient;
  readonly #settings: ConnectionSettings;
  readonly #waiting = new Set<() => void>();
  /** By how much longer than others a command may take. */
  readonly #deadlines = new Map<number, Deadlines>();
  #downSince: number | undefined = performance.now();
  #answeredAt = performance.now();
  #renewedAt = -Infinity;
  #connecting = Promise.resolve();
  #closing: Promise<void> | undefined;
  #trouble = 'it has not answered yet';

  constructor(client: RedisClient, settings: ConnectionSettings) {
    this.#settings = settings;
    this.#base = client;
    this.#client = this.#adopt();
  }

  /** Runs a script where its first key is. @throws UnavailableError `store_unavailable`, `store_full` */
  run(script: Script, keys: string[], args: readonly string[]): Promise<unknown> {
    return this.#do((client) => evaluate(client, script, { keys, arguments: [...args] }));
  }

  /** @throws UnavailableError `store_unavailable` */
  get(key: string): Promise<unknown> {
    return this.#do((client) => client.get(key));
  }

  /** @throws UnavailableError `store_unavailable` */
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown> {
    return this.#do((client) => client.subscribe(channel, listener));
  }

  /** Sends a command to one server, which may take longer by `extra` milliseconds. */
  send(node: RedisNode, args: readonly string[], extra = 0): Promise<unknown> {
    return this.#do(() => node.sendCommand(args), extra);
  }

  /** The server that has this key, once there is a connection. */
  async nodeOf(key: string): Promise<RedisNode> {
    const node = await this.#do((client) =>
      isCluster(client) ? client.getNodeClientForKey(key) : Promise.resolve<unknown>(client),
    );
    return node as RedisNode;
  }

  /** Every server that takes writes, by a name; there is at least one. */
  nodes(): Promise<readonly (readonly [string, RedisNode])[]> {
    return this.#do(async (client) => {
      if (!isCluster(client)) return [['', client as RedisNode]];
      // A server that has not heard of the others yet makes a cluster of none.
      if (client.masters.length === 0) throw new TypeError('no server of the cluster has slots');
      return Promise.all(
        client.masters.map(async (node) => [node.address, (await client.nodeClient(node)) as RedisNode] as const),
      );
    });
  }

  /** What keeps commands from getting through, if anything. */
  trouble(): string | undefined {
    return this.#client.isReady ? undefined : this.#trouble;
  }

  /** Another connection to the same place. It is ours, whosever this one is. */
  duplicate(onReady?: () => void): Connection {
    const { timeout } = this.#settings;
    return new Connection(this.#copy(), { timeout, own: true, ...(onReady && { onReady }) });
  }

  /** Ends the connection, after the commands under way; a client of the program's own stays open. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const { own } = this.#settings;
    for (const wake of this.#waiting) wake();
    for (const [event, listener] of this.#listeners) if (!own) this.#base.off(event, listener);
    const inTime = (work: () => Promise<unknown>): Promise<unknown> =>
      this.#deadlinesAfter(0)
        .bound(work, this.#ends)
        .catch(() => undefined);
    // A cluster's client that is told to stop while it looks for the servers connects to them all the same.
    if (own && isCluster(this.#base)) await inTime(() => this.#connecting);
    if (own && this.#client.isReady) await inTime(() => this.#base.close());
    // A close that did not get through, and a client that was still trying.
    if (own) this.#base.destroy();
  }

  readonly #listeners: readonly (readonly [string, (...args: unknown[]) => void])[] = [
    ['ready', () => this.#wake()],
    ['connect', () => isCluster(this.#base) && this.#wake()],
    ['reconnecting', () => (this.#downSince ??= performance.now())],
    ['error', (error) => (this.#trouble = textOf(error))],
  ];

  #adopt(): RedisClient {
    for (const [event, listener] of this.#listeners) this.#base.on(event, listener);
    if (this.#settings.own) this.#connecting = this.#connect(this.#base);
    return this.#base.withTypeMapping({});
  }

  #copy(): RedisClient {
    return this.#base.duplicate(isCluster(this.#base) ? {} : { disableOfflineQueue: true });
  }

  #wake(): void {
    this.#downSince = undefined;
    this.#answeredAt = performance.now();
    this.#settings.onReady?.();
    for (const wake of this.#waiting) wake();
  }

  /** A client tries by itself for as long as it takes, a cluster's client only once. */
  async #connect(client: RedisClient): Promise<void> {
    while (!this.#closing && client === this.#base) {
      try {
        return void (await client.connect());
      } catch {
        if (!isCluster(client)) return;
        await new Promise((resolve) => setTimeout(resolve, retryAfter).unref());
      }
    }
  }

  #do<T>(command: (client: RedisClient) => Promise<T>, extra = 0): Promise<T> {
    if (this.#client.isReady && !this.#closing) return this.#bounded(command, extra);
    return this.#up().then(() => this.#bounded(command, extra));
  }

  /** Waits until there is a connection, for what is left of the time that a loss is waited out. */
  async #up(): Promise<void> {
    const left = (this.#downSince ??= performance.now()) + this.#settings.timeout - performance.now();
    if (left > 0 && !this.#closing) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        this.#waiting.add(wake);
      });
    }
    if (this.#closing) throw failure(new Error('the store is closed'));
    if (this.#client.isReady) return;
    this.#renew(this.#answeredAt);
    throw failure(new Error(this.#trouble));
  }

  #bounded<T>(command: (client: RedisClient) => Promise<T>, extra: number): Promise<T> {
    return this.#deadlinesAfter(extra).bound(() => command(this.#client), this.#ends);
  }

  #deadlinesAfter(extra: number): Deadlines {
    const known = this.#deadlines.get(extra) ?? new Deadlines(this.#settings.timeout + extra);
    this.#deadlines.set(extra, known);
    return known;
  }

  readonly #ends = {
    replied: (): void => void (this.#answeredAt = performance.now()),
    failed: (error: unknown): OidcError => {
      if (error instanceof Late) this.#renew(this.#answeredAt);
      // A cluster's client that knows no server for a slot asks nobody again.
      else if (error instanceof TypeError) this.#renew(this.#renewedAt);
      return failure(error);
    },
  };

  /** A peer that vanished without a word keeps a connection open for many minutes: then a new client takes over. */
  #renew(since: number): void {
    const { own, timeout } = this.#settings;
    if (!own || this.#closing || performance.now() - since < 3 * timeout) return;
    const [gone, connecting] = [this.#base, this.#connecting];
    this.#base = this.#copy();
    this.#client = this.#adopt();
    this.#answeredAt = this.#renewedAt = this.#downSince = performance.now();
    for (const [event, listener] of this.#listeners) if (event !== 'error') gone.off(event, listener);
    gone.destroy();
    void connecting.then(() => gone.destroy());
  }
}

async function evaluate(client: RedisClient, script: Script, options: Parameters<RedisClient['eval']>[1]) {
  try {
    return await client.evalSha(script.sha, options);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return client.eval(script.text, options);
  }
}

/** Of several addresses that were tried in vain the error says nothing but its code. */
function textOf(error: unknown): string {
  const { message, code } = error as { readonly message?: string; readonly code?: string };
  return message || code || 'an unknown error';
}

/** What any failure becomes; that Redis has no room left is told apart. */
function failure(cause: unknown): OidcError {
  if (cause instanceof OidcError) return cause;
  if (cause instanceof Error && /^OOM\b/.test(cause.message))
    return new UnavailableError('store_full', 'Redis has no room left.', { cause, retryAfter: 30 });
  return new UnavailableError('store_unavailable', 'Redis did not carry out a command.', { cause });
}
