import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../src/clock.js';
import type { LogoutStore } from '../src/session/logout-store.js';

/** One call of an actor to its store, in the order in which they were let through. */
export interface Step {
  readonly actor: string;
  /** The method of the store; `begin` is when a login looks at the clock, `release` frees a lock. */
  readonly what: string;
  readonly args: readonly unknown[];
  /** When it was let through; no two steps have the same time. */
  readonly at: number;
  /** What the store answered. */
  result?: unknown;
}

/** Which other steps each step sees, or is seen by: a session's record, the marks that logouts leave, a lock. */
const seen: Readonly<Record<string, readonly string[]>> = {
  begin: ['end', 'mark'],
  create: ['end', 'mark'],
  read: ['touch', 'update', 'end'],
  touch: ['read', 'touch', 'update', 'end'],
  update: ['read', 'touch', 'update', 'end', 'lock'],
  end: ['begin', 'create', 'read', 'touch', 'update', 'end', 'lock'],
  lock: ['lock', 'release', 'update', 'end'],
  release: ['lock', 'release'],
  isMarked: ['mark'],
  mark: ['begin', 'create', 'isMarked', 'mark'],
};

/** How an order begins, and who only goes on when somebody did what they see: the orders in which they go at once are known. */
export interface Beginning {
  readonly taken: readonly string[];
  readonly asleep: readonly string[];
}

/** What a step waits for, and how its actor is told to go on. */
interface Parked {
  readonly what: string;
  readonly go: () => void;
}

/** Whose call it is. */
interface Place {
  readonly turns: Turns;
  readonly actor?: string;
}

const place = new AsyncLocalStorage<Place>();

/** When every run begins; a run's clock moves on by a millisecond with each step, and at no other time. */
export const beginning = Date.UTC(2027, 0, 1);

/** The clock of whichever run asks. */
export const runClock: Clock = { now: () => place.getStore()?.turns.time ?? beginning };

/** The clock is read between steps, and how often a refresh failed is written by who holds its lock: no order changes either. */
const free = new Set<unknown>(['now', 'recall', 'keep', 'ready', 'subscribe']);

/** One run: actors whose every call to the store waits until it is let through, one at a time. */
export class Turns {
  /** What was let through, in its order. */
  readonly trace: Step[] = [];
  time = beginning;
  readonly #parked = new Map<string, Parked>();
  readonly #told = new Map<string, () => void>();
  readonly #locks: boolean;
  #locked = false;

  /** @param locks whether locks are steps too: of one actor alone they are not worth an order */
  constructor(locks: boolean) {
    this.#locks = locks;
  }

  /** Does something in this run, outside of all turns. */
  within<T>(work: () => T): T {
    return place.run({ turns: this }, work);
  }

  /** Lets a call wait for its turn. */
  async step<T>(what: string, args: readonly unknown[], call: () => T): Promise<Awaited<T>> {
    const actor = place.getStore()?.actor;
    if (actor === undefined || free.has(what) || (!this.#locks && isOfLocks(what))) return await call();
    await new Promise<void>((go) => {
      this.#parked.set(actor, { what, go });
      this.#told.get(actor)?.();
    });
    const step: Step = { actor, what, args, at: this.time };
    this.trace.push(step);
    const result = await call();
    step.result = result;
    if (what === 'lock' && result !== undefined) this.#locked = true;
    if (what === 'release') this.#locked = false;
    return result;
  }

  /**
   * Runs the actors in the order that begins as given; from there on whoever is first goes first.
   * @returns the orders that branch off from there on; undefined when this one shows nothing that another does not
   */
  async run(actors: Actors, { taken: given, asleep: sleepers }: Beginning): Promise<readonly Beginning[] | undefined> {
    const done = new Set<string>();
    const names = Object.keys(actors);
    await Promise.all(names.map((actor) => this.#until(actor, () => this.#start(actors, actor, done))));
    for (const actor of given) await this.#letGo(actor);
    const taken = [...given];
    const branches: Beginning[] = [];
    for (let asleep = sleepers; done.size < names.length;) {
      const ready = names.filter((actor) => this.#mayGo(actor));
      if (ready.length === 0) throw new Error(`Nobody can go on after ${taken.join(', ')}.`);
      const awake = ready.filter((actor) => !asleep.includes(actor));
      const [next] = awake;
      if (next === undefined) return undefined;
      const after = (actor: string, before: readonly string[]): readonly string[] =>
        before.filter((other) => !this.#see(actor, other));
      awake.slice(1).forEach((actor, n) => {
        const before = [...asleep, ...awake.slice(0, n + 1)];
        branches.push({ taken: [...taken, actor], asleep: after(actor, before) });
      });
      asleep = after(next, asleep);
      taken.push(next);
      await this.#letGo(next);
    }
    return branches;
  }

  /** Whether the next steps of two actors come to something else the other way round. */
  #see(one: string, other: string): boolean {
    const [a = '', b = ''] = [one, other].map((actor) => this.#parked.get(actor)?.what);
    return seen[a]?.includes(b) ?? true;
  }

  async #letGo(actor: string): Promise<void> {
    const parked = this.#parked.get(actor);
    if (!parked) throw new Error(`${actor} cannot go on.`);
    this.time++;
    this.#parked.delete(actor);
    await this.#until(actor, parked.go);
  }

  /** Who waits for a lock that is held is let to look again only when something was written since. */
  #mayGo(actor: string): boolean {
    const parked = this.#parked.get(actor);
    if (parked?.what !== 'lock' || !this.#locked) return parked !== undefined;
    const looked = this.trace.findLastIndex((step) => step.actor === actor);
    return looked < 0 || this.trace.slice(looked).some(({ what }) => what === 'update' || what === 'end');
  }

  #start(actors: Actors, actor: string, done: Set<string>): void {
    void place.run({ turns: this, actor }, async () => {
      await actors[actor]?.();
      done.add(actor);
      this.#told.get(actor)?.();
    });
  }

  /** Resolves when the actor waits for its next turn, or is done. */
  #until(actor: string, work: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#told.set(actor, resolve);
      work();
    });
  }
}

/** What each actor of a run does; none may fail. */
export type Actors = Readonly<Record<string, () => Promise<void>>>;

function isOfLocks(what: string): boolean {
  return what === 'lock' || what === 'release';
}

/** A store each of whose calls is a step of the run that it is made in. */
export function stepwise<S extends LogoutStore>(store: S): S {
  return new Proxy(store, {
    get: (_target, name) => {
      const method = Reflect.get(store, name) as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        const call = (): unknown => method.apply(store, args);
        const turns = place.getStore()?.turns;
        if (!turns || free.has(name)) return call();
        const answer = turns.step(String(name), args, call);
        return name === 'lock' ? answer.then((release) => releaseOf(turns, release)) : answer;
      };
    },
  });
}

function releaseOf(turns: Turns, release: unknown): unknown {
  return release === undefined ? undefined : () => turns.step('release', [], release as () => Promise<void>);
}

/** How many runs are under way at once: each has a user and sessions of its own, so none sees another. */
const abreast = 64;

/**
 * Goes through every order in which the actors' steps can follow each other, each from a fresh beginning: depth first,
 * by doing the beginning of a known order again and then something else. Of orders that differ only in neighbours
 * which do not see each other one is gone through ("sleep sets").
 * @param runOne does the run that begins so, checks it, and returns the orders that branch off
 * @returns how many orders there were
 */
export async function everyOrder(
  runOne: (beginning: Beginning) => Promise<readonly Beginning[] | undefined>,
): Promise<number> {
  const todo: Beginning[] = [{ taken: [], asleep: [] }];
  const running = new Set<Promise<void>>();
  let count = 0;
  const start = (beginning: Beginning): void => {
    const one = runOne(beginning).then((branches) => {
      running.delete(one);
      if (branches) count++;
      todo.push(...(branches ?? []));
    });
    running.add(one);
  };
  while (todo.length > 0 || running.size > 0) {
    for (const beginning of todo.splice(-Math.max(abreast - running.size, 0))) start(beginning);
    await Promise.race(running);
  }
  return count;
}

/** Every choice of so many of the names. */
export function choices(names: readonly string[], count: number): readonly (readonly string[])[] {
  if (count === 0) return [[]];
  return names.flatMap((name, n) => choices(names.slice(n + 1), count - 1).map((rest) => [name, ...rest]));
}
