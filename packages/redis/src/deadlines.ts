/** A command got no answer in time. */
export class Late extends Error {}

/** What becomes of a command's end. */
export interface Ends {
  /** Hears of a reply. */
  readonly replied: () => void;
  /** Says what to reject with. */
  readonly failed: (error: unknown) => Error;
}

interface Waiting {
  readonly till: number;
  readonly tooLate: () => void;
}

/**
 * Bounds how long commands wait. All wait as long, so that they end in the order in which they began, and one timer does
 * for all: one of its own would cost a command as much as what it sends. It keeps the process alive while one waits.
 */
export class Deadlines {
  readonly #ms: number;
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;

  /** @param ms how long, in milliseconds */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Rejects when the work fails, and when it is not done in time: with what `failed` makes of that, a `Late`. */
  bound<T>(work: () => Promise<T>, { replied, failed }: Ends): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        if (this.#isOver(waiting)) reject(failed(error));
      };
      const succeed = (reply: T): void => {
        if (!this.#isOver(waiting)) return;
        replied();
        resolve(reply);
      };
      const tooLate = (): void => fail(new Late(`no answer within ${this.#ms} ms`));
      const waiting: Waiting = { till: performance.now() + this.#ms, tooLate };
      this.#begin(waiting);
      try {
        work().then(succeed, fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  #begin(waiting: Waiting): void {
    if (this.#waiting.size === 0) this.#timer?.ref();
    this.#waiting.add(waiting);
    this.#timer ??= this.#startTimer(this.#ms);
  }

  /** Whether it has waited until now. */
  #isOver(waiting: Waiting): boolean {
    const has = this.#waiting.delete(waiting);
    if (this.#waiting.size === 0) this.#timer?.unref();
    return has;
  }

  #startTimer(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      const now = performance.now();
      for (const { till, tooLate } of this.#waiting) if (till <= now) tooLate();
      const [next] = this.#waiting;
      this.#timer = next && this.#startTimer(next.till - now);
    }, ms);
  }
}
