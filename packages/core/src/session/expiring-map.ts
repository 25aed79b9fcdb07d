interface Entry<V> {
  readonly value: V;
  readonly until: number;
}

/** How long an expired entry may stay uncollected, in milliseconds. */
const step = 10_000;

/**
 * A bounded map whose entries expire. Entries lie in buckets by the time of their end, so that collecting them costs
 * each entry one step in its life, without a timer; until then an expired entry is not found, but takes up room.
 */
export class ExpiringMap<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #buckets = new Map<number, Set<string>>();
  readonly #max: number;
  readonly #onGone: (value: V) => void;
  #sweptAt = -Infinity;

  /** @param onGone hears of every entry that expired, or was removed; not of one that was replaced */
  constructor(max: number, onGone: (value: V) => void = () => undefined) {
    this.#max = max;
    this.#onGone = onGone;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether one more key finds no room. */
  isFull(now: number): boolean {
    this.#sweep(now);
    return this.#entries.size >= this.#max;
  }

  /** The value, up to and including the time of its end. */
  get(key: string, now: number): V | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.until >= now ? entry.value : undefined;
  }

  /** Puts a value under the key, as the newest; false, and nothing is put, when a new key finds no room. */
  put(key: string, value: V, until: number, now: number): boolean {
    const old = this.#entries.get(key);
    if (!old && this.isFull(now)) return false;
    if (old && old.until < now) this.remove(key);
    this.#take(key);
    this.#entries.set(key, { value, until });
    const bucket = bucketOf(until);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? new Set()).add(key));
    return true;
  }

  remove(key: string): V | undefined {
    const entry = this.#take(key);
    if (entry) this.#onGone(entry.value);
    return entry?.value;
  }

  /** Removes the entry that was put the longest ago. */
  removeOldest(): V | undefined {
    const [oldest] = this.#entries.keys();
    return oldest === undefined ? undefined : this.remove(oldest);
  }

  #take(key: string): Entry<V> | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    const bucket = bucketOf(entry.until);
    const keys = this.#buckets.get(bucket);
    keys?.delete(key);
    if (keys?.size === 0) this.#buckets.delete(bucket);
    return entry;
  }

  #sweep(now: number): void {
    if (Math.abs(now - this.#sweptAt) < step) return;
    this.#sweptAt = now;
    for (const [bucket, keys] of this.#buckets) {
      if (bucket < bucketOf(now)) keys.forEach((key) => this.remove(key));
    }
  }
}

function bucketOf(time: number): number {
  return Math.floor(time / step);
}
