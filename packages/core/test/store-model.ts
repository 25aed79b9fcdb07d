import type { EndReason } from '../src/session/logout-store.js';
import type { Step } from './interleavings.js';

/** How the session of a run ended. */
export interface Ending {
  readonly reason: EndReason;
  /** Whether it had refreshed tokens by then. */
  readonly refreshed: boolean;
}

/** What must come of an order of steps. */
export interface Expected {
  /** What the store answers to each step: how many ended, otherwise whether there was one and it was done. */
  readonly answers: readonly unknown[];
  /** The sessions that live on: the `old` one, and those of the logins. */
  readonly alive: ReadonlySet<string>;
  /** How each of the others ended, once. */
  readonly ended: ReadonlyMap<string, Ending>;
  /** Whether a logout left a mark that covers this user. */
  readonly marked: boolean;
}

/** The rules of sessions and logouts, for one user with one session, without any of the machinery that keeps them. */
export function expected(trace: readonly Step[], logouts: Readonly<Record<string, EndReason>>): Expected {
  const model = new Model(logouts);
  const answers = trace.map((step) => model.take(step));
  model.finish();
  return { answers, alive: model.alive, ended: model.ended, marked: model.markedAt > -Infinity };
}

class Model {
  readonly alive = new Set(['old']);
  readonly ended = new Map<string, Ending>();
  /** When the latest logout came that covers this user's logins. */
  markedAt = -Infinity;
  readonly #logouts: Readonly<Record<string, EndReason>>;
  readonly #begun = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  readonly #framed = new Map<string, boolean>();
  #version = 1;
  #refreshed = false;
  #holder: string | undefined;

  constructor(logouts: Readonly<Record<string, EndReason>>) {
    this.#logouts = logouts;
  }

  take(step: Step): unknown {
    const { actor, what } = step;
    const steps: Readonly<Record<string, () => unknown>> = {
      begin: () => void this.#begun.set(actor, step.at),
      create: () => this.#create(actor),
      read: () => {
        this.#seen.set(actor, this.#version);
        return this.alive.has('old');
      },
      touch: () => this.alive.has('old'),
      update: () => this.#update(actor),
      end: () => this.#end(step),
      lock: () => this.#holder === undefined && Boolean((this.#holder = actor)),
      release: () => void (this.#holder = undefined),
    };
    return (steps[what] ?? fail(what))();
  }

  /** Who ended something by a frame has to have marked it too. */
  finish(): void {
    for (const [actor, marked] of this.#framed) if (!marked) fail(`${actor} ends sessions and leaves no mark`);
  }

  /** A login begun at or before a logout that covers it becomes no session. */
  #create(actor: string): boolean {
    if ((this.#begun.get(actor) ?? 0) <= this.markedAt) return false;
    this.alive.add(actor);
    return true;
  }

  /** Only what was read last may be written over. */
  #update(actor: string): boolean {
    if (!this.alive.has('old') || this.#seen.get(actor) !== this.#version) return false;
    this.#version++;
    this.#refreshed ||= actor.startsWith('refresh');
    return true;
  }

  /** Every session that the logout names has begun before it, so all of them end, and logins under way with them. */
  #end({ actor, at, args }: Step): number {
    const named = actor === 'ofAnother' ? [] : this.#isOfOne(actor) ? ['old'] : [...this.alive];
    const ending = named.filter((name) => this.alive.delete(name));
    const { reason, refreshed } = { reason: this.#logouts[actor] ?? otherReason(actor), refreshed: this.#refreshed };
    for (const name of ending) this.ended.set(name, { reason, refreshed: refreshed && name === 'old' });
    const marks = this.#marks(actor, ending.length);
    if (marks !== (args[1] !== undefined)) fail(`${actor} ${marks ? 'leaves a mark' : 'leaves no mark'}`);
    if (marks && actor !== 'ofAnother') this.markedAt = at;
    return ending.length;
  }

  #isOfOne(actor: string): boolean {
    return actor === 'bySession' || this.#logouts[actor] === undefined;
  }

  /** A logout in a frame first ends, and only when that ended something comes again with a mark. */
  #marks(actor: string, ended: number): boolean {
    if (this.#isOfOne(actor)) return false;
    if (actor !== 'byFrame') return true;
    const again = this.#framed.has(actor);
    if (again || ended > 0) this.#framed.set(actor, again);
    return again;
  }
}

function otherReason(actor: string): EndReason {
  return actor === 'replace' ? 'new_login' : 'refresh_refused';
}

function fail(what: string): never {
  throw new Error(`Not in the rules: ${what}.`);
}
