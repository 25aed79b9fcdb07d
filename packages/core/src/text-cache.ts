interface Entry<V> {
  readonly text: string;
  readonly value: V;
}

/** Characters at the end of a signature, or of a tag of authentication, that no two texts are likely to share. */
const tail = 24;

/**
 * What was found out about texts that were verified or opened, a bounded number. They lie under their ends, and are
 * compared whole: so nobody has to hash them. Those that are asked for stay longest: when the young half is full it
 * becomes the old half, and what nobody asked for since is forgotten.
 */
export class TextCache<V> {
  readonly #half: number;
  #young = new Map<string, Entry<V>>();
  #old = new Map<string, Entry<V>>();

  /** @param max how many, rounded up to an even number; 0 for none */
  constructor(max: number) {
    this.#half = Math.ceil(max / 2);
  }

  /** What is known of exactly this text. */
  get(text: string): V | undefined {
    const key = text.slice(-tail);
    const young = this.#young.get(key);
    if (young) return young.text === text ? young.value : undefined;
    const old = this.#old.get(key);
    if (old?.text !== text) return undefined;
    this.#add(key, old);
    return old.value;
  }

  /** Remembers a text, and whatever it is a part of: see `ownText`. Another one with the same end gives way. */
  put(text: string, value: V): void {
    if (this.#half > 0) this.#add(text.slice(-tail), { text, value });
  }

  /** Forgets a text, and any other with its end. */
  delete(text: string): void {
    const key = text.slice(-tail);
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** How many texts are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  #add(key: string, entry: Entry<V>): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, entry);
  }
}

/** A text for itself: what was cut out of a longer one, as a cookie is of its header, holds all of that. */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
