import {
  freeze,
  noticeOf,
  publish,
  randomToken,
  TextCache,
  UnavailableError,
  type ClientRef,
  type EndedSessions,
  type LogoutNotice,
  type MarkAnswer,
  type MarkRequest,
  type SessionRecord,
  type SessionStore,
  type SessionTarget,
  type Use,
} from '@latchkey/core';
import { makeClient } from './client.js';
import { Connection } from './connection.js';
import { Keys } from './keys.js';
import { noticeHead, Notices } from './notices.js';
import { settingsFrom, type RedisSessionStoreOptions, type RedisSettings } from './options.js';
import { complaintsOf } from './readiness.js';
import { contentOf, decode, encode, numberText } from './record.js';
import { monotonicMicroseconds, RedisClock, type Look } from './redis-clock.js';
import { Replicated } from './replicated.js';
import { firstUse, isMarked, keep, lock, release } from './scripts/others.js';
import type { Script } from './scripts/script.js';
import { create, end, list, touch, update } from './scripts/sessions.js';

/** Decoded sessions to keep, with some 8 KB each: one that is as it was is not parsed again. */
const maxDecoded = 1000;

/**
 * Sessions and logout in Redis 7 or later, one server or a cluster, for any number of processes. Every step that has to
 * be one is one script; the time is Redis's. Connects at once, and again whenever the connection is lost.
 */
export class RedisSessionStore implements SessionStore {
  readonly #settings: RedisSettings;
  readonly #connection: Connection;
  readonly #keys: Keys;
  readonly #clock: RedisClock;
  readonly #notices: Notices;
  readonly #decoded = new TextCache<SessionRecord>(maxDecoded);
  /** Where logouts are written. */
  readonly #logouts: Pick<Connection, 'run' | 'close'>;

  /** @throws ConfigurationError `invalid_option` */
  constructor(options: RedisSessionStoreOptions) {
    this.#settings = settingsFrom(options);
    const { client, timeout, prefix, replicas } = this.#settings;
    this.#clock = new RedisClock(() => this.#look());
    this.#connection = new Connection(client ?? makeClient(this.#settings), {
      timeout,
      own: !client,
      onReady: () => this.#clock.forget(),
    });
    this.#keys = new Keys(prefix);
    this.#notices = new Notices(this.#keys.channel, (onReady) => this.#connection.duplicate(onReady));
    this.#logouts = replicas > 0 ? new Replicated(this.#connection.duplicate(), replicas) : this.#connection;
  }

  async create(record: SessionRecord): Promise<boolean> {
    const keys = [this.#keys.session(record.client, record.id), ...this.#keys.marks(record)];
    return this.#isDone(create, keys, encode(record, this.#keys.indexes(record)));
  }

  read(client: ClientRef, id: string): Promise<SessionRecord | undefined> {
    return this.#connection
      .get(this.#keys.session(client, id))
      .then((value) => (value === null ? undefined : this.#decode(value, client)));
  }

  /** Frozen, since other requests get the same. */
  #decode(value: unknown, client: ClientRef): SessionRecord {
    const known = typeof value === 'string' ? this.#decoded.get(value) : undefined;
    if (known && isSameClient(known.client, client)) return known;
    const record = freeze(decode(value, client));
    this.#decoded.put(value as string, record);
    return record;
  }

  async update(record: SessionRecord): Promise<boolean> {
    const { client, id, version, usedAt, expiresAt } = record;
    const times = [version, usedAt, expiresAt].map(numberText);
    return this.#isDone(update, [this.#keys.session(client, id)], ...times, contentOf(record));
  }

  async touch(
    client: ClientRef,
    id: string,
    { usedAt, expiresAt }: Pick<SessionRecord, 'usedAt' | 'expiresAt'>,
  ): Promise<boolean> {
    return this.#isDone(touch, [this.#keys.session(client, id)], ...[usedAt, expiresAt].map(numberText));
  }

  async end(target: SessionTarget, mark?: MarkRequest): Promise<EndedSessions> {
    const { marked, values } = await this.#logout(target, mark, [this.#keys.mark(target), this.#keys.named(target)]);
    return { sessions: values.flatMap((value) => readable(value, target.client)), marked };
  }

  async list(client: ClientRef, sub: string): Promise<readonly SessionRecord[]> {
    const values = await this.#connection.run(list, [this.#keys.named({ client, sub })], []);
    return arrayOf(values)
      .map((value) => decode(value, client))
      .sort((a, b) => b.startedAt - a.startedAt);
  }

  async mark(target: SessionTarget, mark: MarkRequest): Promise<boolean> {
    return (await this.#logout(target, mark, [this.#keys.mark(target)])).marked;
  }

  async isMarked(
    session: Pick<SessionRecord, 'id' | 'client' | 'sub' | 'sid' | 'createdAt' | 'iat'>,
  ): Promise<MarkAnswer> {
    const keys = [this.#keys.epoch(session.client), ...this.#keys.marks(session)];
    const times = [session.createdAt, session.iat].map(numberText);
    const [marked, epoch] = arrayOf(await this.#connection.run(isMarked, keys, [this.#given(), ...times]));
    return { marked: marked !== 0, epoch: numberFrom(epoch) };
  }

  async firstUse(client: ClientRef, { kind, key, holder }: Use, life: number): Promise<boolean> {
    const { maxStates, maxProofs, maxPerHolder } = this.#settings;
    const bounds = [
      ...(kind === 'logout-token' ? [] : [[null, kind === 'state' ? maxStates : maxProofs] as const]),
      ...(holder === undefined ? [] : [[holder, maxPerHolder] as const]),
    ];
    const keys = [this.#keys.use(client, kind, key), ...bounds.map(([of]) => this.#keys.uses(client, kind, of))];
    const limits = [kind === 'state' ? '1' : '0', ...bounds.map(([, bound]) => String(bound))];
    try {
      const reply = await this.#connection.run(firstUse, keys, [this.#given(), numberText(life), ...limits]);
      if (reply !== -1) return reply === 1;
      throw new UnavailableError('store_full', `Redis holds as many uses of kind ${kind} as it may.`, {
        retryAfter: 30,
      });
    } catch (error) {
      if (kind === 'logout-token' && error instanceof UnavailableError && error.code === 'store_full')
        publish('latchkey:logout', { type: 'store_full', client, at: await this.now(), what: 'logout_tokens' });
      throw error;
    }
  }

  async used(client: ClientRef, { kind, key }: Use): Promise<boolean> {
    const till = await this.#connection.get(this.#keys.use(client, kind, key));
    return till !== null && numberFrom(till) >= (await this.now());
  }

  async keep(client: ClientRef, key: string, bytes: Uint8Array, life: number): Promise<void> {
    const text = Buffer.from(bytes).toString('base64');
    await this.#isDone(keep, [this.#keys.kept(client, key)], numberText(life), text);
  }

  async recall(client: ClientRef, key: string): Promise<Uint8Array | undefined> {
    const kept = await this.#connection.get(this.#keys.kept(client, key));
    if (typeof kept !== 'string') return undefined;
    const [till, text] = kept.split(' ');
    if (numberFrom(till) < (await this.now())) return undefined;
    return Uint8Array.from(Buffer.from(text ?? '', 'base64'));
  }

  async lock(client: ClientRef, key: string, life: number): Promise<(() => Promise<void>) | undefined> {
    const [name, holder] = [this.#keys.lock(client, key), randomToken()];
    if (!(await this.#isDone(lock, [name], numberText(life), holder))) return undefined;
    return async () => void (await this.#connection.run(release, [name], [holder]));
  }

  /** Redis's time, at most a few milliseconds behind and never ahead: see `RedisClock`. */
  now(): number | Promise<number> {
    return this.#settings.clockForTests?.now() ?? this.#clock.now();
  }

  async ready(): Promise<readonly string[]> {
    try {
      const nodes = await this.#connection.nodes();
      const infos = await Promise.all(nodes.map(([, node]) => this.#connection.send(node, ['INFO'])));
      const complaints = infos.flatMap((info) => complaintsOf(String(info), this.#settings.replicas));
      const deaf = this.#notices.trouble();
      if (deaf !== undefined) complaints.push(`Logouts of other processes are not heard: ${deaf}.`);
      return [...new Set(complaints)];
    } catch (error) {
      const { cause } = error as { cause?: { message?: string } };
      return [`Redis cannot be reached: ${cause?.message ?? 'unknown'}.`];
    }
  }

  subscribe(listener: (notice: LogoutNotice) => void): Promise<() => Promise<void>> {
    return this.#notices.subscribe(listener);
  }

  /** Ends the connections that the store made, after the commands under way. */
  async close(): Promise<void> {
    await Promise.all([this.#connection, this.#notices, this.#logouts].map((one) => one.close()));
  }

  async #logout(
    target: SessionTarget,
    mark: MarkRequest | undefined,
    keys: string[],
  ): Promise<{ marked: boolean; values: readonly unknown[] }> {
    const wanted = [mark?.life, mark?.at, mark?.iat].map((value) => (value === undefined ? '' : numberText(value)));
    const args = [this.#given(), ...wanted, this.#keys.channel, noticeHead(noticeOf(target, []))];
    const [marked, at, values] = arrayOf(await this.#logouts.run(end, keys, args));
    if (marked !== 1) {
      const event = { type: 'store_full', client: target.client, at: numberFrom(at), what: 'marks' } as const;
      publish('latchkey:logout', event);
    }
    return { marked: marked === 1, values: arrayOf(values) };
  }

  async #isDone(script: Script, keys: string[], ...args: readonly string[]): Promise<boolean> {
    return (await this.#connection.run(script, keys, [this.#given(), ...args])) === 1;
  }

  /** The time that a test gives the scripts; empty: they take Redis's. */
  #given(): string {
    const { clockForTests } = this.#settings;
    return clockForTests ? numberText(clockForTests.now()) : '';
  }

  async #look(): Promise<readonly Look[]> {
    const nodes = await this.#connection.nodes();
    return Promise.all(
      nodes.map(async ([name, node]) => {
        const before = monotonicMicroseconds();
        const [seconds, fraction] = arrayOf(await this.#connection.send(node, ['TIME']));
        const after = monotonicMicroseconds();
        return { node: name, before, time: numberFrom(seconds) * 1e6 + numberFrom(fraction), after };
      }),
    );
  }
}

function isSameClient(one: ClientRef, other: ClientRef): boolean {
  return one.issuer === other.issuer && one.clientId === other.clientId;
}

/** An ended session that nobody can read has ended all the same. */
function readable(value: unknown, client: ClientRef): readonly SessionRecord[] {
  try {
    return [decode(value, client)];
  } catch {
    return [];
  }
}

function arrayOf(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw foreign();
}

function numberFrom(text: unknown): number {
  const value = typeof text === 'string' && text !== '' ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  throw foreign();
}

function foreign(): UnavailableError {
  return new UnavailableError('store_unavailable', 'Redis holds what this store did not write there.');
}
