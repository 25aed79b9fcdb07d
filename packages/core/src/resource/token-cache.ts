/** A token, and what was found out about it. */
export interface Remembered {
  readonly token: string;
}

/** Characters of a signature that no two tokens are likely to share. */
const tail = 24;

/**
 * Tokens that were verified, a bounded number. They lie under the end of their signatures, and are compared whole: so
 * nobody has to hash them. Those that are asked for stay longest: when the young half is full it becomes the old half,
 * and what nobody asked for since is forgotten.
 */
export class TokenCache<T extends Remembered> {
  readonly #half: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  /** @param max how many, 0 for none */
  constructor(max: number) {
    this.#half = Math.ceil(max / 2);
  }

  /** What is known of exactly this token. */
  get(token: string): T | undefined {
    const key = token.slice(-tail);
    const young = this.#young.get(key);
    if (young) return young.token === token ? young : undefined;
    const old = this.#old.get(key);
    if (old?.token !== token) return undefined;
    this.put(old);
    return old;
  }

  put(entry: T): void {
    if (this.#half === 0) return;
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(entry.token.slice(-tail), entry);
  }

  delete(token: string): void {
    const key = token.slice(-tail);
    this.#young.delete(key);
    this.#old.delete(key);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
