import assert from 'node:assert/strict';
import { hashOf } from '../crypto.js';
import type { LogoutStore } from './logout-store.js';
import {
  client,
  confusable,
  contractOf,
  hostile,
  minute,
  noticeOfAct,
  otherClients,
  recordAt,
  refusals,
  targets,
  worldAt,
} from './contract.js';
import type { Cases, ContractCase, StoreUnderTest } from './contract.js';
import type { SessionRecord, SessionTarget } from './session-store.js';

/** What every `LogoutStore` must do, as cases for any test runner. `make` gives an empty store for each. */
export function logoutStoreContract(make: () => Promise<StoreUnderTest<LogoutStore>>): readonly ContractCase[] {
  return contractOf(make, { ...targeted, ...marks, ...uses, ...keeping, ...locks, ...others });
}

const life = minute;
const use = { kind: 'logout-token', key: hashOf('jti') } as const;
const kinds = ['state', 'logout-token', 'dpop'] as const;

async function isMarked(store: LogoutStore, record: SessionRecord): Promise<boolean> {
  return (await store.isMarked(record)).marked;
}

const targeted: Cases<LogoutStore> = Object.fromEntries(
  targets.map(({ what, target, names }) => [
    `[RULE 3.1] mark: of ${what} refuses what it names and nothing else`,
    async ({ store }) => {
      assert.equal(await store.mark(target, { life }), true);
      for (const [name, record] of worldAt(await store.now()))
        assert.equal(await isMarked(store, record), names.includes(name), name);
    },
  ]),
);

const marks: Cases<LogoutStore> = {
  '[RULE 3.2] mark: refuses a login begun at or before its time, or dated by the OP before it': async ({ store }) => {
    const now = await store.now();
    await store.mark({ client, sid: '1' }, { at: now - 500, iat: 1000, life });
    for (const [began, iat, refused] of refusals) {
      const record = recordAt(now, { sid: '1', createdAt: now - began, iat });
      assert.equal(await isMarked(store, record), refused, `begun ${began} ms before, iat ${iat}`);
    }
  },
  '[RULE 3.2] mark: without a time it is from now, and never from later than now': async ({ store }) => {
    await store.mark({ client, sid: 'now' }, { life });
    const now = await store.now();
    await store.mark({ client, sid: 'future' }, { at: now + 10 * minute, life });
    for (const sid of ['now', 'future']) {
      assert.equal(await isMarked(store, recordAt(now, { sid, createdAt: now - 1 })), true);
      assert.equal(await isMarked(store, recordAt(now, { sid, createdAt: now + minute })), false);
    }
  },
  '[RULE 3.2] mark: is raised by a later logout and lowered by none': async ({ store }) => {
    const now = await store.now();
    await store.mark({ client, sub: 'alice' }, { at: now - 3000, iat: 900, life });
    await store.mark({ client, sub: 'alice' }, { at: now - 1000, iat: 950, life });
    await store.mark({ client, sub: 'alice' }, { at: now - 5000, life });
    assert.equal(await isMarked(store, recordAt(now, { createdAt: now - 1000 })), true);
    assert.equal(await isMarked(store, recordAt(now, { createdAt: now - 999 })), false);
    assert.equal(await isMarked(store, recordAt(now, { createdAt: now - 999, iat: 949 })), true);
  },
  '[RULE 2.4] mark: is kept as long as was asked, and no later request shortens that': async ({ store, advance }) => {
    const record = recordAt(await store.now());
    await store.mark({ client, sub: 'alice' }, { life: 3000 });
    await store.mark({ client, sub: 'alice' }, { life: 1 });
    await advance(1500);
    assert.equal(await isMarked(store, record), true);
  },
  '[RULE 1.1] mark: hostile strings and what reads alike when joined stay apart': async ({ store }) => {
    const now = await store.now();
    for (const text of hostile) {
      const record = recordAt(now, { client: { issuer: text, clientId: text }, id: text, sub: text, sid: text });
      assert.equal(await isMarked(store, record), false, JSON.stringify(text));
      await store.mark({ client: record.client, sid: text, sub: text }, { life });
      assert.equal(await isMarked(store, record), true, JSON.stringify(text));
    }
    for (const [[sid, sub], [otherSid, otherSub]] of confusable) {
      await store.mark({ client, sid, sub }, { life });
      assert.equal(await isMarked(store, recordAt(now, { sid: otherSid, sub: otherSub })), false);
      await store.mark({ client: { issuer: sid, clientId: sub }, sub: 'alice' }, { life });
      assert.equal(await isMarked(store, recordAt(now, { client: { issuer: otherSid, clientId: otherSub } })), false);
    }
  },
};

const uses: Cases<LogoutStore> = {
  'firstUse: true once, then false, for each kind by itself': async ({ store }) => {
    for (const kind of kinds) {
      assert.equal(await store.firstUse(client, { ...use, kind }, life), true);
      assert.equal(await store.firstUse(client, { ...use, kind }, life), false);
      assert.equal(await store.firstUse(client, { ...use, kind, holder: 'holder' }, life), false);
    }
  },
  'firstUse: of twenty at once, one is the first': async ({ store }) => {
    for (const kind of kinds) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => store.firstUse(client, { ...use, kind }, life)),
      );
      assert.equal(answers.filter((first) => first).length, 1);
    }
  },
  'firstUse: of other clients it is another use': async ({ store }) => {
    await store.firstUse(client, use, life);
    for (const other of otherClients) {
      assert.equal(await store.used(other, use), false);
      assert.equal(await store.firstUse(other, use, life), true);
    }
    for (const [[issuer, clientId], [otherIssuer, otherId]] of confusable) {
      await store.firstUse({ issuer, clientId }, use, life);
      assert.equal(await store.used({ issuer: otherIssuer, clientId: otherId }, use), false);
    }
  },
  'firstUse: is remembered as long as was asked': async ({ store, advance }) => {
    await store.firstUse(client, use, 3000);
    await advance(1500);
    assert.equal(await store.firstUse(client, use, 3000), false);
  },
  'used: looks and claims nothing': async ({ store }) => {
    assert.equal(await store.used(client, use), false);
    assert.equal(await store.used(client, use), false);
    assert.equal(await store.firstUse(client, use, life), true);
    assert.equal(await store.used(client, use), true);
  },
};

const keeping: Cases<LogoutStore> = {
  'keep, recall: gives back the bytes, whatever they are': async ({ store }) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
    await store.keep(client, 'key', bytes, life);
    bytes.fill(7);
    const recalled = await store.recall(client, 'key');
    assert.deepEqual(
      [...(recalled ?? [])],
      Array.from({ length: 256 }, (_, n) => n),
    );
    recalled?.fill(7);
    assert.equal((await store.recall(client, 'key'))?.[0], 0);
  },
  'keep: replaces what was there': async ({ store }) => {
    await store.keep(client, 'key', Uint8Array.of(1), life);
    await store.keep(client, 'key', Uint8Array.of(2), life);
    assert.deepEqual([...((await store.recall(client, 'key')) ?? [])], [2]);
  },
  'recall: undefined for other keys, other clients, and when its time is over': async ({ store, advance }) => {
    await store.keep(client, 'key', Uint8Array.of(1), 1000);
    for (const key of ['', 'KEY', '*', '__proto__']) assert.equal(await store.recall(client, key), undefined);
    for (const other of otherClients) assert.equal(await store.recall(other, 'key'), undefined);
    await advance(1500);
    assert.equal(await store.recall(client, 'key'), undefined);
  },
};

const locks: Cases<LogoutStore> = {
  'lock: of twenty at once one gets it, and after its release the next': async ({ store }) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.lock(client, 'key', life)));
    const [release, ...rest] = answers.filter((answer) => answer !== undefined);
    assert.equal(rest.length, 0);
    await release?.();
    assert.ok(await store.lock(client, 'key', life));
    assert.equal(await store.lock(client, 'key', life), undefined);
  },
  'lock: others are not held by it': async ({ store }) => {
    await store.lock(client, 'key', life);
    await store.keep(client, 'other', Uint8Array.of(1), life);
    for (const other of otherClients) assert.ok(await store.lock(other, 'key', life));
    assert.ok(await store.lock(client, 'other', life));
    assert.equal(await store.recall(client, 'key'), undefined);
  },
  'lock: frees itself, and who has lost it frees nobody else': async ({ store, advance }) => {
    const lost = await store.lock(client, 'key', 1000);
    await advance(1500);
    assert.ok(await store.lock(client, 'key', life));
    await lost?.();
    assert.equal(await store.lock(client, 'key', life), undefined);
  },
};

const others: Cases<LogoutStore> = {
  '[RULE 2.7] isMarked: tells the first moment of the store, which stays': async ({ store, advance }) => {
    const { epoch } = await store.isMarked(recordAt(await store.now()));
    assert.ok(Number.isFinite(epoch) && epoch <= (await store.now()));
    await advance(1000);
    await store.mark({ client, sub: 'alice' }, { life });
    assert.equal((await store.isMarked(recordAt(await store.now()))).epoch, epoch);
  },
  'now: goes on in milliseconds': async ({ store, advance }) => {
    const before = await store.now();
    await advance(1000);
    const passed = (await store.now()) - before;
    assert.ok(passed >= 1000 && passed < minute, `${passed} ms passed`);
  },
  'ready: an empty store has nothing to complain of': async ({ store }) => {
    assert.deepEqual(await store.ready(), []);
  },
  '[RULE 8.2] subscribe: hears of a mark, hashed, until it has enough': async ({ store }) => {
    let heard = 0;
    const unsubscribe = await store.subscribe(() => void heard++);
    await unsubscribe();
    const hashed = { client: hashOf(client.issuer, client.clientId), sessions: [] };
    const named: readonly (readonly [SessionTarget, object])[] = [
      [
        { client, sid: '1' },
        { ...hashed, sid: hashOf('1') },
      ],
      [
        { client, sub: 'alice' },
        { ...hashed, sub: hashOf('alice') },
      ],
      [
        { client, sid: '1', sub: 'alice' },
        { ...hashed, sid: hashOf('1'), sub: hashOf('alice') },
      ],
    ];
    for (const [target, notice] of named) {
      assert.deepEqual({ ...(await noticeOfAct(store, () => store.mark(target, { life }))) }, notice);
    }
    assert.equal(heard, 0);
  },
  '[RULE 8.2] subscribe: a listener that throws stops neither the logout nor the others': async ({ store }) => {
    const unsubscribe = await store.subscribe(() => {
      throw new Error('thrown by the contract');
    });
    await noticeOfAct(store, () => store.mark({ client, sub: 'alice' }, { life }));
    assert.equal(await isMarked(store, recordAt(await store.now())), true);
    await unsubscribe();
  },
};
