import { hashOf, markKeyOf, markKeysOf, type ClientRef, type SessionRecord, type SessionTarget } from '@latchkey/core';

const epoch = hashOf('epoch');

interface Root extends ClientRef {
  readonly text: string;
}

type Marked = Pick<SessionRecord, 'id' | 'client' | 'sid' | 'sub'>;

/**
 * The names of everything in Redis: `<prefix>{<client>}:<kind>:<hash>`. The braces are a hash tag, by which a cluster
 * keeps all keys of a client in one slot; both hashes are SHA-256 over the JSON array of what they stand for.
 */
export class Keys {
  /** The channel of the notices of all clients. */
  readonly channel: string;
  readonly #prefix: string;
  readonly #roots = new WeakMap<ClientRef, Root>();

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.channel = `${prefix}logout`;
  }

  session(client: ClientRef, id: string): string {
    return this.#key(client, 'session', markKeyOf({ client, sessionId: id }));
  }

  mark(target: SessionTarget): string {
    return this.#key(target.client, 'mark', markKeyOf(target));
  }

  /** All marks that can refuse a session. */
  marks(session: Marked): string[] {
    return markKeysOf(session).map((name) => this.#key(session.client, 'mark', name));
  }

  /** What names the sessions of a target: the session itself, or an index. */
  named(target: SessionTarget): string {
    return this.#key(target.client, 'sessionId' in target ? 'session' : 'index', markKeyOf(target));
  }

  /** The hashes in the keys of the indexes that name a session. */
  indexes(session: Marked): string[] {
    return markKeysOf(session).slice(1);
  }

  epoch(client: ClientRef): string {
    return this.#key(client, 'epoch', epoch);
  }

  use(client: ClientRef, kind: string, key: string): string {
    return this.#key(client, 'use', hashOf(kind, key));
  }

  /** All uses of a kind, or those of one holder. */
  uses(client: ClientRef, kind: string, holder: string | null): string {
    return this.#key(client, 'uses', hashOf(kind, holder));
  }

  kept(client: ClientRef, key: string): string {
    return this.#key(client, 'kept', hashOf(key));
  }

  lock(client: ClientRef, key: string): string {
    return this.#key(client, 'lock', hashOf(key));
  }

  #key(client: ClientRef, kind: string, hash: string): string {
    return `${this.#root(client)}${kind}:${hash}`;
  }

  /** Remembered for as long as the program holds the client, since every request needs it. */
  #root(client: ClientRef): string {
    const { issuer, clientId } = client;
    const known = this.#roots.get(client);
    if (known?.issuer === issuer && known.clientId === clientId) return known.text;
    const text = `${this.#prefix}{${hashOf(issuer, clientId)}}:`;
    this.#roots.set(client, { issuer, clientId, text });
    return text;
  }
}
