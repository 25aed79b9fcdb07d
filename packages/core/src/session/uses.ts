import { ExpiringMap } from './expiring-map.js';

/** What happened once already: bounded, and bounded again for each holder. */
export class Uses {
  readonly #used: ExpiringMap<{ readonly holder: string | undefined }>;
  readonly #held = new Map<string, number>();
  readonly #limits: { readonly perHolder: number; readonly givesWay: boolean };

  /** @param limits with `givesWay` the oldest use goes when there is no room, otherwise the newcomer is refused */
  constructor(max: number, limits: { readonly perHolder: number; readonly givesWay: boolean }) {
    this.#used = new ExpiringMap(max, ({ holder }) => this.#count(holder, -1));
    this.#limits = limits;
  }

  has(key: string, now: number): boolean {
    return this.#used.get(key, now) !== undefined;
  }

  isFull(now: number): boolean {
    return !this.#limits.givesWay && this.#used.isFull(now);
  }

  /** Notes a first use; false, and nothing noted, when there is no room for it. */
  add(key: string, holder: string | undefined, { until, now }: { until: number; now: number }): boolean {
    const full = this.#used.isFull(now);
    if (holder !== undefined && (this.#held.get(holder) ?? 0) >= this.#limits.perHolder) return false;
    if (full && this.#limits.givesWay) this.#used.removeOldest();
    if (!this.#used.put(key, { holder }, until, now)) return false;
    this.#count(holder, 1);
    return true;
  }

  #count(holder: string | undefined, by: number): void {
    if (holder === undefined) return;
    const count = (this.#held.get(holder) ?? 0) + by;
    if (count > 0) this.#held.set(holder, count);
    else this.#held.delete(holder);
  }
}
