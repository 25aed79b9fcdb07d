import assert from 'node:assert/strict';
import { OidcClient } from '../src/client/client.js';
import { hashOf } from '../src/crypto.js';
import { subscribe } from '../src/events.js';
import { endSessions, type LogoutTarget } from '../src/logout/end-sessions.js';
import type { CarriedSession } from '../src/session/carrier.js';
import { readCookies } from '../src/session/cookies.js';
import type { EndReason } from '../src/session/logout-store.js';
import type { SessionStore } from '../src/session/session-store.js';
import { InstantOp, instantIssuer } from './instant-op.js';
import { beginning, choices, everyOrder, runClock, stepwise, Turns, type Actors } from './interleavings.js';
import { optionsFor, secret } from './relying-party.js';
import { isCarried, signIn } from './sign-in.js';

/** What ends the one session, and what all of the user. `byFrame` is a frame of the OP's that brings the cookie. */
const ofOne = ['bySession', 'byFrame', 'replace'];
const ofAll = ['bySid', 'bySub', 'bySidAndSub'];
const all = ['login', 'request', 'request2', ...ofOne, ...ofAll, 'ofAnother'];

/** Which actors go against each other: all pairs and triples, and a login and a request with two things that end sessions. */
export const carrierCasts: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'any two of them': choices(all, 2),
  'any three of them': choices(all, 3),
  'a login, a request and two that end sessions': choices([...ofOne, ...ofAll], 2).map((two) => [
    'login',
    'request',
    ...two,
  ]),
};

/** Programs on several machines that keep sessions in the browser, and share a store that remembers logouts. */
export class CarrierWorlds {
  readonly #client: OidcClient;
  /** Why sessions were said to have ended, by all that names those of a run. */
  readonly #told = new Map<string, EndReason[]>();
  readonly #unsubscribe: () => void;
  #worlds = 0;

  constructor(store: SessionStore) {
    this.#client = new OidcClient(
      optionsFor(instantIssuer, 'https://app.example', {
        clock: runClock,
        http: { dispatcher: new InstantOp() },
        session: { secret, store: stepwise(store), cookie: { sealed: true } },
      }),
    );
    this.#unsubscribe = subscribe('latchkey:session', (event) => {
      if (event.type === 'ended') this.#told.get(event.session ?? event.sid ?? event.sub ?? '')?.push(event.reason);
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  /** Drives these actors in every order, and returns how many orders there were. */
  drive(cast: readonly string[]): Promise<number> {
    return everyOrder(async (begun) => {
      const [turns, line] = [new Turns(false), `carried ${this.#worlds++}`];
      const old = await turns.within(() => signIn(this.#client, line, { createdAt: beginning }));
      turns.time += 120_000;
      const world = new CarrierWorld({ client: this.#client, turns, line, old });
      const actors = world.actors();
      const [told, names]: [EndReason[], string[]] = [[], [old.record.id, hashOf(`sid ${line}`), line]];
      for (const name of names) this.#told.set(name, told);
      const branches = await turns.run(Object.fromEntries(cast.map((name) => [name, actors[name]!])), begun);
      if (branches) await turns.within(() => world.check(told));
      for (const name of names) this.#told.delete(name);
      return branches;
    });
  }
}

interface Given {
  readonly client: OidcClient;
  readonly turns: Turns;
  readonly line: string;
  readonly old: CarriedSession;
}

class CarrierWorld {
  readonly #given: Given;
  readonly #came = new Map<string, unknown>();

  constructor(given: Given) {
    this.#given = given;
  }

  actors(): Actors {
    const { client, turns, line, old } = this.#given;
    const { ref, carrier } = client;
    const { id } = old.record;
    const begin = (): Promise<number> => turns.step('begin', [], () => client.store.now());
    const read = (): Promise<unknown> => carrier.read(cookiesOf(old));
    const [sid, iat] = [`sid ${line}`, Math.floor(turns.time / 1000)];
    const end = (target: LogoutTarget, reason: EndReason): Promise<unknown> => endSessions(client, target, reason);
    const acts: Record<string, () => Promise<unknown>> = {
      login: async () => signIn(client, `${line} login`, { createdAt: await begin(), of: line }),
      replace: async () => signIn(client, `${line} replace`, { createdAt: await begin(), of: line, sessionHash: id }),
      request: read,
      request2: read,
      bySession: () => end({ client: ref, sessionId: id }, 'rp_initiated'),
      byFrame: async () => (await read()) && end({ client: ref, sessionId: id }, 'front_channel'),
      bySid: () => end({ client: ref, sid, iat }, 'back_channel'),
      bySub: () => end({ client: ref, sub: line, iat }, 'back_channel'),
      bySidAndSub: () => end({ client: ref, sid, sub: line, iat }, 'back_channel'),
      ofAnother: () => end({ client: ref, sid, sub: 'somebody else', iat }, 'back_channel'),
    };
    const act = async (name: string, work: () => Promise<unknown>): Promise<void> =>
      void this.#came.set(name, await work().catch((error: { code?: string }) => error.code ?? error));
    return Object.fromEntries(Object.entries(acts).map(([name, work]) => [name, () => act(name, work)]));
  }

  /** Holds what happened against the rules: what a logout covers is over from its mark on, on every copy of a cookie. */
  async check(told: readonly EndReason[]): Promise<void> {
    const { client, turns, old } = this.#given;
    const order = turns.trace.map(({ actor, what }) => `${actor}.${what}`).join(' ');
    const begun = new Map([['old', beginning]]);
    let [endOfOld, endOfAll] = [false, -Infinity];
    const isOver = (name: string): boolean =>
      (begun.get(name) ?? Infinity) <= endOfAll || (endOfOld && !['login', 'replace'].includes(name));
    const reasons: string[] = [];
    /** What has to come of each login. */
    const logins = new Map<string, string>();
    for (const { actor, what, at, result } of turns.trace) {
      const asked = actor === 'login' || actor === 'replace' ? actor : 'old';
      if (what === 'begin') begun.set(actor, at);
      if (what === 'begin') logins.set(actor, 'nothing asked of the store');
      if (what === 'isMarked') {
        assert.deepEqual([order, at, (result as { marked: boolean }).marked], [order, at, isOver(asked)]);
        if (asked !== 'old') logins.set(actor, isOver(asked) ? 'login_ended' : 'signed in');
      }
      if (what !== 'mark') continue;
      reasons.push(reasonOf(actor));
      endOfOld ||= ofOne.includes(actor);
      if (ofAll.includes(actor)) endOfAll = at;
    }
    assert.deepEqual([order, [...told]], [order, reasons]);
    for (const [actor, outcome] of logins) {
      const came = this.#came.get(actor);
      assert.deepEqual([order, actor, isCarried(came) ? 'signed in' : came], [order, actor, outcome]);
    }
    for (const [name, came] of [['old', old] as const, ...this.#came]) {
      if (!isCarried(came)) continue;
      const of = begun.has(name) ? name : 'old';
      assert.deepEqual([order, name, came.record.createdAt], [order, name, begun.get(of)]);
      const session = await client.carrier.read(cookiesOf(came));
      assert.deepEqual([order, name, session === undefined], [order, name, isOver(of)]);
    }
    turns.time++;
    const later = await signIn(client, 'later', { createdAt: turns.time, of: this.#given.line });
    assert.equal((await client.carrier.read(cookiesOf(later)))?.record.id, later.record.id, order);
  }
}

function reasonOf(actor: string): EndReason {
  const reasons: Record<string, EndReason> = {
    bySession: 'rp_initiated',
    byFrame: 'front_channel',
    replace: 'new_login',
  };
  return reasons[actor] ?? 'back_channel';
}

function cookiesOf({ cookies }: CarriedSession): ReturnType<typeof readCookies> {
  return readCookies(cookies.map((line) => line.split(';')[0]).join('; '));
}
