import { createClient, createCluster, type RedisClientOptions } from 'redis';

/** What is used of a client of the `redis` package, whatever it was made with. */
export interface RedisClient {
  /** Whether commands can be sent. */
  readonly isReady: boolean;
  /** The value of a key, or null. */
  get(key: string): Promise<unknown>;
  /** Runs a script. */
  eval(script: string, options: ScriptArguments): Promise<unknown>;
  /** Runs a script that the server knows, by its SHA-1. */
  evalSha(sha: string, options: ScriptArguments): Promise<unknown>;
  /** Hears what is published on a channel. */
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  /** Connects; rejects when that fails for good. */
  connect(): Promise<unknown>;
  /** Ends after the commands under way. */
  close(): Promise<unknown>;
  /** Ends at once. */
  destroy(): void;
  /** Listens to the client's own events. */
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  /** Ends listening. */
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  /** Makes a client of the same options, not connected yet. */
  duplicate(overrides?: object): RedisClient;
  /** The same client, answering in other types: texts as Buffers. */
  withTypeMapping(mapping: object): RedisClient;
}

/** A client that is connected to one server. */
export interface RedisNode extends RedisClient {
  /** Counts the connections made. */
  readonly socketEpoch: number;
  sendCommand(args: readonly string[]): Promise<unknown>;
}

/** A client of a cluster. */
export interface RedisCluster extends RedisClient {
  readonly masters: readonly { readonly address: string }[];
  nodeClient(node: unknown): Promise<unknown>;
  getNodeClientForKey(key: string): Promise<unknown>;
}

/** What a script is called with. */
export interface ScriptArguments {
  /** KEYS of the script, all in one slot. */
  readonly keys: string[];
  /** ARGV of the script. */
  readonly arguments: string[];
}

/** Where Redis is, and how to speak to it. */
export interface Location {
  readonly url?: string;
  readonly nodes?: readonly string[];
  readonly redis?: RedisClientOptions;
}

/** Makes a client that rejects at once while there is no connection, and goes on trying to connect. */
export function makeClient({ url, nodes, redis = {} }: Location): RedisClient {
  // Every command has a bound of ours already; a second one would cost as much as hashing its key.
  const commandOptions = { timeout: undefined, ...redis.commandOptions };
  const options = { ...redis, disableOfflineQueue: true, commandOptions };
  if (!nodes) return createClient({ ...options, ...(url !== undefined && { url }) });
  const [first] = nodes.map((node) => new URL(node));
  // The client takes nothing from the root nodes to the servers that it finds through them.
  const defaults = {
    ...options,
    ...(first?.username && { username: decodeURIComponent(first.username) }),
    ...(first?.password && { password: decodeURIComponent(first.password) }),
    socket: { ...redis.socket, ...(first?.protocol === 'rediss:' && { tls: true }) },
  } as Partial<Parameters<typeof createCluster>[0]['rootNodes'][number]>;
  const rootNodes = nodes.map((node) => ({ url: node }));
  // When a server is away for a second, another one may have taken over: the client asks who.
  return createCluster({ rootNodes, defaults, topologyRefreshOnReconnectionAttemptStrategy: 1000 });
}

export function isCluster(client: RedisClient): client is RedisCluster {
  return 'getNodeClientForKey' in client;
}
