import assert from 'node:assert/strict';
import { hashOf } from '../crypto.js';
import { interleavings } from './contract-interleavings.js';
import {
  client,
  confusable,
  contractOf,
  hostile,
  idsOf,
  minute,
  noticeOfAct,
  otherClients,
  recordAt,
  refusals,
  targets,
  worldAt,
} from './contract.js';
import type { Cases, ContractCase, StoreUnderTest } from './contract.js';
import type { SessionRecord, SessionStore } from './session-store.js';

/**
 * What every `SessionStore` must do beyond the contract of a `LogoutStore`, as cases for any test runner.
 * `make` gives an empty store for each.
 */
export function sessionStoreContract(make: () => Promise<StoreUnderTest<SessionStore>>): readonly ContractCase[] {
  return contractOf(make, { ...records, ...writes, ...targeted, ...marks, ...logouts, ...others, ...interleavings });
}

const life = minute;

async function stored(store: SessionStore, members: Partial<SessionRecord> = {}): Promise<SessionRecord> {
  const record = recordAt(await store.now(), members);
  assert.equal(await store.create(record), true);
  return record;
}

const read = (store: SessionStore, record: SessionRecord): Promise<SessionRecord | undefined> =>
  store.read(record.client, record.id);

const records: Cases<SessionStore> = {
  'create, read: gives back what was stored, with a sid and without': async ({ store }) => {
    const user = { name: 'Ålice "\u{1f600}"', roles: ['a', { deep: [null, true, 1.5] }], empty: {} };
    for (const members of [{ user }, { user: null, sid: '1' }, { user: 'alice', tokens: '' }]) {
      const record = await stored(store, members);
      assert.deepEqual(await read(store, record), record);
    }
  },
  '[R94] create, read: an own __proto__ in the user changes no prototype': async ({ store }) => {
    const text = '{"__proto__":{"admin":true},"constructor":1}';
    const user = (await read(store, await stored(store, { user: JSON.parse(text) as unknown })))?.user;
    assert.equal(JSON.stringify(user), text);
    assert.equal((user as { admin?: boolean }).admin, undefined);
  },
  '[D9] read: undefined for what was never stored': async ({ store }) => {
    await stored(store);
    for (const id of ['', '*', hashOf('unknown'), ...hostile]) assert.equal(await store.read(client, id), undefined);
  },
  '[RULE 1.3] read: never gives a record of another client; one id may be used by two': async ({ store }) => {
    const record = await stored(store);
    for (const other of otherClients) assert.equal(await store.read(other, record.id), undefined);
    for (const other of otherClients) await stored(store, { id: record.id, client: other, sub: other.issuer });
    assert.deepEqual(await read(store, record), record);
    for (const other of otherClients) assert.equal((await store.read(other, record.id))?.sub, other.issuer);
  },
  'read: what is given in and out is a copy': async ({ store }) => {
    const user = { roles: ['user'] };
    const record = await stored(store, { user, client: { ...client } });
    user.roles.push('admin');
    const out = (await read(store, record))?.user as typeof user;
    assert.deepEqual(out, { roles: ['user'] });
    assert.ok(Object.isFrozen(out.roles) || out.roles.push('admin'));
    assert.deepEqual((await read(store, record))?.user, { roles: ['user'] });
  },
  'read: returns an expired session as it is': async ({ store, advance }) => {
    const now = await store.now();
    const record = await stored(store, { usedAt: now, expiresAt: now + 2000 });
    await advance(2500);
    assert.deepEqual(await read(store, record), record);
  },
  'create: never replaces a session': async ({ store }) => {
    const record = await stored(store);
    assert.equal(await store.create({ ...record, sub: 'mallory' }), false);
    assert.deepEqual(await read(store, record), record);
    assert.deepEqual(await store.list(client, 'mallory'), []);
  },
};

const writes: Cases<SessionStore> = {
  '[RULE 3.2] update: replaces user, tokens and times, and leaves whose session it is': async ({ store }) => {
    const record = await stored(store, { sid: '1', endsBy: Date.UTC(2100, 0) });
    const { usedAt, expiresAt } = record;
    const changed = { user: ['new'], tokens: 'renewed', usedAt: usedAt + 10, expiresAt: expiresAt - 10, version: 2 };
    const forged = { sub: 'mallory', sid: '9', createdAt: 0, iat: 0, startedAt: 0, endsBy: 0 };
    assert.equal(await store.update({ ...record, ...forged, ...changed }), true);
    assert.deepEqual(await read(store, record), { ...record, ...changed });
    assert.deepEqual(await store.list(client, 'mallory'), []);
    assert.deepEqual(idsOf((await store.end({ client, sid: '1' }, { life })).sessions), [record.id]);
  },
  'update: only of the version before; of twenty at once one wins': async ({ store }) => {
    const record = await stored(store);
    for (const version of [0, 1, 3]) assert.equal(await store.update({ ...record, version, tokens: 'wrong' }), false);
    assert.deepEqual(await read(store, record), record);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => store.update({ ...record, version: 2, tokens: String(n) })),
    );
    assert.equal(answers.filter((won) => won).length, 1);
    assert.equal((await read(store, record))?.tokens, String(answers.indexOf(true)));
  },
  '[R61] update, touch: never bring back what is gone, nor reach another client': async ({ store }) => {
    const record = await stored(store);
    for (const other of otherClients) {
      assert.equal(await store.update({ ...record, client: other, version: 2 }), false);
      assert.equal(await store.touch(other, record.id, record), false);
    }
    await store.end({ client, sessionId: record.id });
    assert.equal(await store.update({ ...record, version: 2 }), false);
    assert.equal(await store.touch(client, record.id, record), false);
    assert.equal(await read(store, record), undefined);
    assert.deepEqual(await store.list(client, record.sub), []);
  },
  'touch: notes the use, never shortens the life, and leaves the version alone': async ({ store }) => {
    const record = await stored(store);
    const later = { usedAt: record.usedAt + 500, expiresAt: record.expiresAt + 500 };
    assert.equal(await store.touch(client, record.id, later), true);
    assert.deepEqual(await read(store, record), { ...record, ...later });
    assert.equal(await store.touch(client, record.id, record), true);
    assert.deepEqual(await read(store, record), { ...record, ...later });
  },
};

const targeted: Cases<SessionStore> = Object.fromEntries(
  targets.map(({ what, target, names }) => [
    `[RULE 3.1] [R60] end: of ${what} ends what it names and nothing else, and marks exactly that`,
    async ({ store }) => {
      const world = worldAt(await store.now());
      for (const record of world.values()) assert.equal(await store.create(record), true);
      const { sessions, marked } = await store.end(target, { life });
      assert.equal(marked, true);
      assert.deepEqual(idsOf(sessions), idsOf(names.flatMap((name) => world.get(name) ?? [])));
      for (const record of sessions)
        assert.ok([...world.values()].some((known) => known.id === record.id && known.tokens === record.tokens));
      for (const [name, record] of world) {
        const alive = !names.includes(name);
        assert.deepEqual(await read(store, record), alive ? record : undefined, name);
        const listed = await store.list(record.client, record.sub);
        assert.equal(idsOf(listed).includes(record.id), alive, name);
        // The login that a slower callback finishes now, under an id of its own.
        const late = 'sessionId' in target ? record.id : hashOf(name, 'late');
        assert.equal(await store.create({ ...record, id: late }), alive && late !== record.id, name);
      }
    },
  ]),
);

const marks: Cases<SessionStore> = {
  '[RULE 3.2] end: ends exactly the sessions that its mark refuses': async ({ store }) => {
    const now = await store.now();
    const began = refusals.map(([before, iat, refused]) => ({
      record: recordAt(now, { sid: '1', createdAt: now - before, iat }),
      refused,
    }));
    for (const { record } of began) await store.create(record);
    const { sessions } = await store.end({ client, sid: '1' }, { at: now - 500, iat: 1000, life });
    assert.deepEqual(idsOf(sessions), idsOf(began.filter(({ refused }) => refused).map(({ record }) => record)));
    for (const { record, refused } of began) {
      assert.deepEqual(await read(store, record), refused ? undefined : record);
      assert.equal(await store.create({ ...record, id: hashOf(record.id) }), !refused);
    }
  },
  '[RULE 3.2] end: the mark that stands decides, whichever logout raised it': async ({ store }) => {
    const now = await store.now();
    const record = await stored(store, { sid: '1', createdAt: now - 1000 });
    await store.mark({ client, sid: '1' }, { at: now - 500, life });
    const { sessions } = await store.end({ client, sid: '1' }, { at: now - 2000, life });
    assert.deepEqual(idsOf(sessions), [record.id]);
    assert.equal(await store.create({ ...record, id: hashOf('late') }), false);
  },
  '[RULE 3.1] end: without a mark the session ends and leaves none': async ({ store }) => {
    const record = await stored(store, { sid: '1' });
    const next = await stored(store, { sid: '1' });
    assert.deepEqual(await store.end({ client, sessionId: record.id }), { sessions: [record], marked: true });
    assert.deepEqual(await store.end({ client, sessionId: record.id }), { sessions: [], marked: true });
    assert.deepEqual(await read(store, next), next);
    assert.equal(await store.create(record), true);
    const ended = await store.end({ client, sid: '1' });
    assert.deepEqual([idsOf(ended.sessions), ended.marked], [idsOf([record, next]), true]);
    assert.equal(await store.create(record), true);
  },
  '[RULE 3.2] end: a time later than now is now, so that what begins later passes': async ({ store }) => {
    const now = await store.now();
    await store.end({ client, sid: '1' }, { at: now + 10 * minute, life });
    assert.equal(await store.create(recordAt(now, { sid: '1', createdAt: now })), false);
    assert.equal(await store.create(recordAt(now, { sid: '1', createdAt: now + minute })), true);
  },
  '[RULE 2.4] end: its mark is kept as long as was asked, and no later logout shortens that': async ({
    store,
    advance,
  }) => {
    const late = recordAt(await store.now(), { sid: '1' });
    await store.end({ client, sid: '1' }, { life: 3000 });
    await store.end({ client, sid: '1' }, { life: 1 });
    await advance(1500);
    assert.equal(await store.create(late), false);
  },
};

const logouts: Cases<SessionStore> = {
  '[R62] a logout of a user in no session yet refuses the login that is in flight': async ({ store }) => {
    const login = recordAt(await store.now(), { sid: '1' });
    assert.deepEqual((await store.end({ client, sub: 'alice' }, { life })).sessions, []);
    assert.equal(await store.create(login), false);
  },
  '[RULE 3.2] [D2] a login after a logout passes, with the same sid too, and forgives nobody else': async ({
    store,
    advance,
  }) => {
    const old = await stored(store, { sid: '1' });
    await store.end({ client, sub: 'alice' }, { life });
    await store.end({ client, sid: '1' }, { life });
    await advance(5000);
    await stored(store, { sid: '1' });
    assert.equal((await store.isMarked(old)).marked, true);
    assert.equal(await store.create({ ...old, id: hashOf('late') }), false);
    assert.equal((await store.list(client, 'alice')).length, 1);
  },
  '[RULE 8.2] every ended session is told to subscribers, hashed': async ({ store }) => {
    const [one, two] = [await stored(store, { sid: '1' }), await stored(store, { sid: '1' })];
    const act = (): Promise<unknown> => store.end({ client, sid: '1', sub: 'alice' }, { life });
    const { sessions, ...named } = await noticeOfAct(store, act);
    assert.deepEqual([...sessions].sort(), idsOf([one, two]));
    assert.deepEqual(named, { client: hashOf(client.issuer, client.clientId), sid: hashOf('1'), sub: hashOf('alice') });
    const three = await stored(store);
    const alone = await noticeOfAct(store, () => store.end({ client, sessionId: three.id }));
    assert.deepEqual({ ...alone, sessions: [...alone.sessions] }, { client: named.client, sessions: [three.id] });
  },
};

const others: Cases<SessionStore> = {
  'list: all sessions of a user at a client, the latest first': async ({ store }) => {
    const now = await store.now();
    for (const record of worldAt(now).values()) await store.create(record);
    const mine = [3, 1, 2].map((ago) =>
      recordAt(now, { sub: 'carol', startedAt: now - ago, ...(ago > 1 && { sid: '1' }) }),
    );
    for (const record of mine) await store.create(record);
    const [oldest, latest, middle] = mine;
    assert.deepEqual(await store.list(client, 'carol'), [latest, middle, oldest]);
    assert.deepEqual(await store.list(client, 'unknown'), []);
  },
  '[RULE 1.1] hostile strings are identifiers like any other': async ({ store }) => {
    const mine = new Map<string, SessionRecord>();
    for (const text of hostile)
      mine.set(text, await stored(store, { sub: text, sid: text, client: { issuer: text, clientId: text } }));
    for (const text of hostile) mine.set(`in one client: ${text}`, await stored(store, { sub: text, sid: text }));
    for (const [name, record] of mine) {
      assert.deepEqual(await read(store, record), record, JSON.stringify(name));
      assert.deepEqual(await store.list(record.client, record.sub), [record], JSON.stringify(name));
      const { sessions } = await store.end({ client: record.client, sid: record.sid ?? '', sub: record.sub }, { life });
      assert.deepEqual(sessions, [record], JSON.stringify(name));
    }
  },
  '[RULE 1.1] identifiers that read alike when joined stay apart': async ({ store }) => {
    for (const [[a, b], [otherA, otherB]] of confusable) {
      const sameClient = await stored(store, { sid: otherA, sub: otherB });
      const otherClient = await stored(store, { client: { issuer: otherA, clientId: otherB }, sid: 'c', sub: 'c' });
      await store.end({ client, sid: a, sub: b }, { life });
      await store.end({ client: { issuer: a, clientId: b }, sub: 'c' }, { life });
      await store.end({ client: { issuer: a, clientId: b }, sid: 'c' }, { life });
      assert.deepEqual(await read(store, sameClient), sameClient);
      assert.deepEqual(await read(store, otherClient), otherClient);
      for (const record of [sameClient, otherClient])
        assert.equal(await store.create({ ...record, id: hashOf(record.id) }), true);
      for (const sessionId of [sameClient.id, hashOf(sameClient.id)]) await store.end({ client, sessionId });
    }
  },
};
