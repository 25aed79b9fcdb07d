import { checkOptions, ConfigurationError, Is, List, Optional, Secret, Whole, With, type Clock } from '@latchkey/core';
import type { RedisClientOptions } from 'redis';
import type { RedisClient } from './client.js';

const methods = ['get', 'eval', 'evalSha', 'subscribe', 'duplicate', 'withTypeMapping', 'on'] as const;

/** Where a `RedisSessionStore` finds Redis, and how it uses it. One of `url`, `nodes`, `client` and `redis` is needed. */
export class RedisSessionStoreOptions {
  /** One Redis: `redis://user:password@host:6379/0`, with TLS `rediss://`. */
  @Optional() @Secret() @Is('a redis: or rediss: URL', isUrl) url?: string;
  /** Some servers of a cluster, as such URLs; user, password and TLS of the first hold for all. */
  @Optional() @Secret() @List('redis: or rediss: URLs', isUrl) nodes?: readonly string[];
  /** A client or cluster client of the `redis` package. It is the program's to connect and to close. */
  @Optional() @With('a client of the redis package', ...methods) client?: RedisClient;
  /** Options of the `redis` package for the connections, beside `url` or `nodes`: `password`, `socket` (with `tls`, `path`). */
  @Optional()
  @Secret()
  @Is('options of the redis package', (value) => typeof value === 'object' && value !== null)
  redis?: RedisClientOptions;
  /** What all keys begin with. Default `latchkey:`. */
  @Optional()
  @Is('a text without braces', (value) => typeof value === 'string' && !/[{}]/.test(value))
  prefix?: string;
  /** How many replicas must have a logout within a second before it counts as carried out. Default 0. */
  @Optional() @Whole('replicas', 0) replicas?: number;
  /** How long a command may take, and a lost connection is waited for, in milliseconds. Default 2000. */
  @Optional() @Whole('milliseconds') timeout?: number;
  /** Used logins to remember for a client; the oldest gives way. Default 100000. */
  @Optional() @Whole('states') maxStates?: number;
  /** Used DPoP proofs to remember for a client; more are refused. Default 100000. */
  @Optional() @Whole('proofs') maxProofs?: number;
  /** Uses to remember for one holder; more are refused. Default 10000. */
  @Optional() @Whole('uses') maxPerHolder?: number;
  /** For tests alone: takes the place of Redis's clock. */
  @Optional() @With('a clock', 'now') clockForTests?: Clock;
}

/** The options with their defaults. */
export type RedisSettings = RedisSessionStoreOptions &
  Required<Omit<RedisSessionStoreOptions, 'url' | 'nodes' | 'client' | 'redis' | 'clockForTests'>>;

/** @throws ConfigurationError `invalid_option` */
export function settingsFrom(given: RedisSessionStoreOptions): RedisSettings {
  const options = checkOptions(RedisSessionStoreOptions, given, 'RedisSessionStore.');
  const { url, nodes, client, redis } = options;
  const places = [url, nodes, client].filter((place) => place !== undefined);
  if (places.length > 1 || (places.length === 0 && !redis) || (client && redis)) {
    throw invalid('one of url, nodes and client; redis beside url or nodes, or alone', 'another combination');
  }
  refuseStaleReads(options);
  const defaults = {
    prefix: 'latchkey:',
    replicas: 0,
    timeout: 2000,
    maxStates: 100_000,
    maxProofs: 100_000,
    maxPerHolder: 10_000,
  };
  return { ...defaults, ...options };
}

/** A replica lags behind and a cache of the client's own too: either would show a session that has ended. */
function refuseStaleReads({ client, redis }: RedisSessionStoreOptions): void {
  const { _options: ofCluster, options: ofNode } = (client ?? {}) as Record<'_options' | 'options', object | undefined>;
  const all: Record<string, unknown> = { ...ofNode, ...ofCluster, ...redis };
  const stale = ['useReplicas', 'readonly', 'clientSideCache'].find((name) => all[name]);
  if (stale !== undefined) throw invalid('a client that reads what masters have', `one with ${stale}`);
}

function invalid(expected: string, came: string): ConfigurationError {
  return new ConfigurationError('invalid_option', `RedisSessionStore: expected ${expected}, came ${came}.`);
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && /^rediss?:$/.test(URL.canParse(value) ? new URL(value).protocol : '');
}
