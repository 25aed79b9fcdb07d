import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { OidcClient } from '../src/client/client.js';
import { subscribe } from '../src/events.js';
import { endSessions, type LogoutTarget } from '../src/logout/end-sessions.js';
import type { CarriedSession } from '../src/session/carrier.js';
import { readCookies } from '../src/session/cookies.js';
import type { EndReason } from '../src/session/logout-store.js';
import { Session } from '../src/session/session.js';
import type { SessionStore } from '../src/session/session-store.js';
import { openTokens } from '../src/session/tokens.js';
import { InstantOp, instantIssuer, tokensOf } from './instant-op.js';
import { beginning, choices, everyOrder, runClock, stepwise, Turns, type Actors } from './interleavings.js';
import { optionsFor, secret } from './relying-party.js';
import { isCarried, signIn } from './sign-in.js';
import { expected, type Expected } from './store-model.js';

const logouts = {
  bySession: 'rp_initiated',
  bySid: 'back_channel',
  bySub: 'back_channel',
  bySidAndSub: 'back_channel',
  byFrame: 'front_channel',
  ofAnother: 'back_channel',
} as const satisfies Record<string, EndReason>;
const logoutNames = Object.keys(logouts) as (keyof typeof logouts)[];
/** Those that name this user's session. */
const named = logoutNames.filter((name) => name !== 'ofAnother');
const others = ['login', 'replace', 'refresh', 'refresh2', 'request', 'write'];

/** A second refresh is like the first, save beside it. */
const isNoTwin = (cast: readonly string[]): boolean => !cast.includes('refresh2') || cast.includes('refresh');

/** Which actors go against each other: all pairs and triples, and the fours in which one thing of each kind meets a logout, or two. */
export const casts: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'any two of them': choices([...others, ...logoutNames], 2).filter(isNoTwin),
  'any three of them': choices([...others, ...logoutNames], 3).filter(isNoTwin),
  'a login, a refresh, a write and a logout': named.flatMap((logout) =>
    ['write', 'request', 'replace'].map((write) => ['login', 'refresh', write, logout]),
  ),
  'a login, a refresh and two logouts': choices(named, 2).map((two) => ['login', 'refresh', ...two]),
};

/** Programs on several machines that share a store and an OP; each run has a user and sessions of its own. */
export class StoreWorlds {
  readonly #op = new InstantOp();
  readonly #store: SessionStore;
  readonly #machines = new Map<string, OidcClient>();
  /** Why each session was said to have ended, as often as it was said. */
  readonly #told = new Map<string, EndReason[]>();
  readonly #unsubscribe: () => void;
  #worlds = 0;

  constructor(store: SessionStore) {
    this.#store = stepwise(store);
    this.#unsubscribe = subscribe('latchkey:session', (event) => {
      const { session = '' } = event;
      if (event.type === 'ended') this.#told.set(session, [...(this.#told.get(session) ?? []), event.reason]);
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  /** Drives these actors in every order, and returns how many orders there were. */
  drive(cast: readonly string[]): Promise<number> {
    return everyOrder(async (begun) => {
      const turns = new Turns(cast.includes('refresh') && cast.includes('refresh2'));
      const world = await World.begin({ turns, op: this.#op, told: this.#told, line: String(this.#worlds++) }, (name) =>
        this.#machine(name),
      );
      const all = world.actors();
      const branches = await turns.run(Object.fromEntries(cast.map((name) => [name, all[name]!])), begun);
      if (branches) await turns.within(() => world.check());
      return branches;
    });
  }

  /** One for each actor: what a process remembers helps no other. */
  #machine(name: string): OidcClient {
    const options = {
      clock: runClock,
      logout: { revoke: true },
      // Longer than any wait for a lock: how a wait gives up is not what is tried here.
      http: { dispatcher: this.#op, timeout: 600_000 },
      session: { secret, store: this.#store },
    };
    const made = this.#machines.get(name) ?? new OidcClient(optionsFor(instantIssuer, 'https://app.example', options));
    this.#machines.set(name, made);
    return made;
  }
}

interface Surroundings {
  readonly turns: Turns;
  readonly op: InstantOp;
  readonly told: ReadonlyMap<string, readonly EndReason[]>;
  /** Names the run: its user, their session at the OP, and the line of its refresh tokens. */
  readonly line: string;
}

/** A signed-in browser, and all that may be done to it at once. */
class World {
  readonly #around: Surroundings;
  readonly #machine: (name: string) => OidcClient;
  readonly #old: CarriedSession;
  /** What came of each actor: a session, an access token, or the code of an error. */
  readonly #came = new Map<string, unknown>();

  private constructor(around: Surroundings, machine: (name: string) => OidcClient, old: CarriedSession) {
    this.#around = around;
    this.#machine = machine;
    this.#old = old;
  }

  /** Signs somebody in, and lets two minutes pass: the next request is worth a touch. */
  static async begin(around: Surroundings, machine: (name: string) => OidcClient): Promise<World> {
    const { turns, line, op } = around;
    op.newest.set(line, 0);
    const old = await turns.within(() => signIn(machine('setup'), line, { createdAt: beginning }));
    turns.time += 120_000;
    return new World(around, machine, old);
  }

  actors(): Actors {
    const { turns, line } = this.#around;
    const begin = (client: OidcClient): Promise<number> => turns.step('begin', [], () => client.store.now());
    const acts: Record<string, (client: OidcClient) => Promise<unknown>> = {
      login: async (client) => signIn(client, `${line} login`, { createdAt: await begin(client), of: line }),
      replace: async (client) => {
        const { id } = this.#old.record;
        return signIn(client, `${line} replace`, { createdAt: await begin(client), of: line, sessionHash: id });
      },
      refresh: (client) => new Session(client, this.#old).accessToken({ minValidity: 3600 }),
      refresh2: (client) => new Session(client, this.#old).accessToken({ minValidity: 3600 }),
      request: (client) => client.carrier.read(readCookies(this.#old.cookies[0]?.split(';')[0])),
      write: async (client) => {
        const record = await client.store.read(client.ref, this.#old.record.id);
        return record && client.store.update({ ...record, user: 'written', version: record.version + 1 });
      },
    };
    for (const name of logoutNames)
      acts[name] = (client) => endSessions(client, this.#targetOf(name, client), logouts[name]);
    const act = async (name: string): Promise<void> => {
      const outcome = acts[name]!(this.#machine(name)).catch((error: { code?: string }) => error.code ?? error);
      this.#came.set(name, await outcome);
    };
    return Object.fromEntries(Object.keys(acts).map((name) => [name, () => act(name)]));
  }

  #targetOf(name: keyof typeof logouts, { ref: client }: OidcClient): LogoutTarget {
    const { line, turns } = this.#around;
    const [sid, iat] = [`sid ${line}`, Math.floor(turns.time / 1000)];
    const targets: Record<keyof typeof logouts, LogoutTarget> = {
      bySession: { client, sessionId: this.#old.record.id },
      bySid: { client, sid, iat },
      bySub: { client, sub: line, iat },
      bySidAndSub: { client, sid, sub: line, iat },
      byFrame: { client, sid },
      ofAnother: { client, sid, sub: 'somebody else', iat },
    };
    return targets[name];
  }

  /** Holds what happened against what must happen when the steps come in this order. */
  async check(): Promise<void> {
    const { turns, told } = this.#around;
    const model = expected(turns.trace, logouts);
    const order = turns.trace.map(({ actor, what }) => `${actor}.${what}`).join(' ');
    assert.deepEqual([order, ...turns.trace.map(answerOf)], [order, ...model.answers]);
    const client = this.#machine('setup');
    const records = new Map([['old', this.#old.record]]);
    for (const name of ['login', 'replace']) {
      const came = this.#came.get(name);
      if (isCarried(came)) records.set(name, came.record);
      else if (this.#came.has(name)) assert.deepEqual([order, came], [order, 'login_ended']);
    }
    const alive = [...records].filter(([name]) => model.alive.has(name));
    const listed = await client.store.list(client.ref, this.#old.record.sub);
    assert.deepEqual([order, listed.map(({ id }) => id).sort()], [order, alive.map(([, { id }]) => id).sort()]);
    for (const [name, { id }] of records) {
      const lives = (await client.store.read(client.ref, id)) !== undefined;
      assert.deepEqual([order, name, lives], [order, name, model.alive.has(name)]);
      const reason = model.ended.get(name)?.reason;
      assert.deepEqual([order, name, told.get(id) ?? []], [order, name, reason ? [reason] : []]);
    }
    await this.#checkTokens(order, model);
    await this.#checkLater(order, model.marked);
  }

  /** The newest refresh token is kept by a session that lives, and given back by one that ended where that is asked for. */
  async #checkTokens(order: string, model: Expected): Promise<void> {
    const ending = model.ended.get('old');
    const { op, line } = this.#around;
    const client = this.#machine('setup');
    const generation = op.newest.get(line) ?? -1;
    assert.deepEqual([order, generation], [order, Math.min(generation, 1)]);
    const { access_token: access, refresh_token: refreshToken } = tokensOf(line, generation);
    const asked = [...this.#came].filter(([name]) => name.startsWith('refresh'));
    const stored = await client.store.read(client.ref, this.#old.record.id);
    if (stored) {
      assert.deepEqual([order, openTokens(client, stored)?.refreshToken], [order, refreshToken]);
      assert.deepEqual([order, asked.map(([, came]) => came)], [order, asked.map(() => access)]);
      assert.deepEqual([order, generation], [order, asked.length > 0 ? 1 : 0]);
      return;
    }
    for (const [name, came] of asked)
      assert.deepEqual([order, name, came], [order, name, this.#foundAtLast(name, model) ? access : 'login_required']);
    const dropped = generation === 1 && !ending?.refreshed;
    const givenBack = dropped || ending?.reason === 'back_channel' || ending?.reason === 'rp_initiated';
    const isBack = (): boolean => op.revoked.has(String(refreshToken));
    for (let turns = 0; turns < 5 && isBack() !== givenBack; turns++) await turn();
    assert.deepEqual([order, 'given back', isBack()], [order, 'given back', givenBack]);
  }

  /** Whether the session was there when an actor looked at it, or wrote it, for the last time. */
  #foundAtLast(name: string, { answers }: Expected): boolean {
    const last = this.#around.turns.trace.findLastIndex(
      ({ actor, what }) => actor === name && (what === 'read' || what === 'update'),
    );
    return answers[last] === true;
  }

  /** A login begun after all logouts always becomes a session, one begun before them only where none of them left a mark. */
  async #checkLater(order: string, marked: boolean): Promise<void> {
    const { turns, line } = this.#around;
    const login = async (createdAt: number): Promise<boolean> => {
      const came = await signIn(this.#machine('setup'), `${line} later`, { createdAt, of: line }).catch(
        () => undefined,
      );
      return came !== undefined;
    };
    assert.deepEqual([order, 'began before', await login(beginning + 119_000)], [order, 'began before', !marked]);
    turns.time++;
    assert.deepEqual([order, 'began later', await login(turns.time)], [order, 'began later', true]);
  }
}

/** What matters of a store's answer. */
function answerOf({ what, result }: { readonly what: string; readonly result?: unknown }): unknown {
  if (what === 'end') return (result as { sessions: readonly unknown[] }).sessions.length;
  return what === 'read' || what === 'lock' ? result !== undefined : what === 'begin' ? undefined : result;
}
