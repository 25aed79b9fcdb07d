import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Cases } from './contract.js';
import { client, idsOf, minute, recordAt, targets } from './contract.js';
import type { MarkRequest, SessionRecord, SessionStore, SessionTarget } from './session-store.js';

/** Two sessions that there are, and two logins about to become one: the old ones began before the logout's time. */
interface World {
  readonly store: SessionStore;
  readonly target: SessionTarget;
  readonly old: SessionRecord;
  readonly fresh: SessionRecord;
  readonly lateOld: SessionRecord;
  readonly lateFresh: SessionRecord;
  readonly request: MarkRequest;
  /** What the calls answered. */
  readonly ended: SessionRecord[];
  readonly created: Set<SessionRecord>;
}

const changes = { tokens: 'renewed', user: 'renewed' };

/** Everything that can be under way at once. Each notes what it was told and checks what holds in every order. */
const actors = {
  createOld: async ({ store, lateOld, created }: World) => void ((await store.create(lateOld)) && created.add(lateOld)),
  createFresh: async ({ store, lateFresh, created }: World) => {
    assert.equal(await store.create(lateFresh), true, 'a login that no mark refuses becomes a session');
    created.add(lateFresh);
  },
  update: async ({ store, old, fresh }: World) => {
    const [, updated] = await Promise.all(
      [old, fresh].map((record) => store.update({ ...record, ...changes, ...later(record), version: 2 })),
    );
    assert.equal(updated, true, 'the only writer of a session that lives wins');
  },
  touch: async ({ store, old, fresh }: World) => {
    const [, touched] = await Promise.all([old, fresh].map((record) => store.touch(client, record.id, later(record))));
    assert.equal(touched, true, 'a session that lives is touched');
  },
  mark: async ({ store, target, request }: World) => assert.equal(await store.mark(target, request), true),
  end: async ({ store, target, request, ended }: World) =>
    void ended.push(...(await store.end(target, request)).sessions),
  /** A second logout of the same target that is dated earlier. */
  endAgain: async ({ store, target, request, ended }: World) => {
    ended.push(...(await store.end(target, { life: minute, at: (request.at ?? 0) - 500 })).sessions);
  },
} satisfies Record<string, (world: World) => Promise<void>>;

type Actor = keyof typeof actors;

const later = ({ usedAt, expiresAt }: SessionRecord): Pick<SessionRecord, 'usedAt' | 'expiresAt'> => ({
  usedAt: usedAt + 5,
  expiresAt: expiresAt + 5,
});

/** Every order of up to four of the actors. */
function ordersFrom(chosen: readonly Actor[]): readonly (readonly Actor[])[] {
  if (chosen.length === 4) return [chosen];
  const rest = (Object.keys(actors) as Actor[]).filter((actor) => !chosen.includes(actor));
  return [chosen, ...rest.flatMap((actor) => ordersFrom([...chosen, actor]))];
}

/** How long after one actor the next one starts: ticks of the promise queue, or a turn of the event loop. */
const gaps = [0, 1, 2, 3, 'turn'] as const;

/** Logins, writes and logouts at once, in every order and with several delays; one case for each that starts first. */
export const interleavings: Cases<SessionStore> = Object.fromEntries(
  (Object.keys(actors) as Actor[]).map((first) => [
    `[R61] in every order from ${first}, no session that a logout refuses survives and no other is lost`,
    async ({ store }) => {
      const named = targets.filter(({ what }) => ['a sid', 'a sid and its sub', 'a sub'].includes(what));
      let run = 0;
      for (const order of ordersFrom([first])) {
        for (const gap of gaps)
          await runOne(await worldOf(store, named[run % named.length]?.target, run++), order, gap);
      }
    },
  ]),
);

async function runOne(world: World, order: readonly Actor[], gap: (typeof gaps)[number]): Promise<void> {
  const running: Promise<void>[] = [];
  for (const actor of order) {
    running.push(actors[actor](world));
    if (gap === 'turn') await turn();
    else for (let tick = 0; tick < gap; tick++) await Promise.resolve();
  }
  await Promise.all(running);
  await checkSessions(world, order);
  await checkMark(world, order);
  for (const { id } of [world.old, world.fresh, world.lateOld, world.lateFresh])
    await world.store.end({ client, sessionId: id });
}

/** Each run has a user and a sid of its own, so that one store serves them all. */
async function worldOf(store: SessionStore, target: SessionTarget | undefined, run: number): Promise<World> {
  const now = await store.now();
  const [sub, sid] = [`alice ${run}`, `sid ${run}`];
  const began = (ago: number, iat: number): SessionRecord => recordAt(now, { sub, sid, createdAt: now - ago, iat });
  const [old, fresh] = [began(2000, 900), began(500, 1000)];
  await Promise.all([store.create(old), store.create(fresh)]);
  const own = {
    client,
    ...(target && 'sid' in target && { sid }),
    ...(target && 'sub' in target && { sub }),
  } as SessionTarget;
  const request = { at: now - 1000, iat: 1000, life: minute };
  return {
    store,
    target: own,
    request,
    old,
    fresh,
    lateOld: began(2000, 900),
    lateFresh: began(500, 1000),
    ended: [],
    created: new Set(),
  };
}

/** What lives and what was told of the rest, each ended session once. */
async function checkSessions(
  { store, old, fresh, lateOld, lateFresh, created, ended }: World,
  order: readonly Actor[],
): Promise<void> {
  const what = order.join(', ');
  const logout = order.includes('end') || order.includes('endAgain');
  const alive = [
    fresh,
    ...[lateFresh].filter((late) => created.has(late)),
    ...[old, ...created].filter((record) => !logout && record !== lateFresh),
  ];
  for (const record of [old, fresh, lateOld, lateFresh]) {
    assert.equal((await store.read(client, record.id)) !== undefined, alive.includes(record), `${what}: lives`);
  }
  assert.deepEqual(idsOf(await store.list(client, fresh.sub)), idsOf(alive), `${what}: the list`);
  assert.deepEqual(
    idsOf(ended),
    logout ? idsOf([old, ...[lateOld].filter((late) => created.has(late))]) : [],
    `${what}: told`,
  );
  const now = await store.read(client, fresh.id);
  if (order.includes('update'))
    assert.deepEqual([now?.tokens, now?.user, now?.version], ['renewed', 'renewed', 2], `${what}: the update stands`);
  if (order.includes('touch')) assert.equal(now?.usedAt, fresh.usedAt + 5, `${what}: the touch stands`);
}

/** Whether the highest of the marks stands, and refuses no more than it should. */
async function checkMark({ store, old, fresh, request }: World, order: readonly Actor[]): Promise<void> {
  const marked = order.includes('end') || order.includes('mark');
  const between = recordAt(old.usedAt, { sub: old.sub, sid: old.sid ?? '', createdAt: (request.at ?? 0) - 100 });
  const { id } = recordAt(0);
  assert.equal(await store.create(between), !marked, `${order.join(', ')}: the mark stands`);
  assert.equal(await store.create({ ...fresh, id }), true, `${order.join(', ')}: the mark refuses no more`);
  for (const sessionId of [between.id, id]) await store.end({ client, sessionId });
}
