import assert from 'node:assert/strict';
import { hashOf, randomToken } from '../crypto.js';
import type { LogoutNotice, LogoutStore } from './logout-store.js';
import type { ClientRef, SessionRecord, SessionTarget } from './session-store.js';

/** One thing that a store has to do, for whichever test runner; `run` rejects with an AssertionError when it does not. */
export interface ContractCase {
  /** What the store has to do, as the title of a test. */
  readonly name: string;
  /** Tries it on a store of its own. */
  readonly run: () => Promise<void>;
}

/** An empty store to be tried. */
export interface StoreUnderTest<S extends LogoutStore> {
  /** What is tried. */
  readonly store: S;
  /** Lets so many milliseconds pass by the store's clock. */
  readonly advance: (ms: number) => Promise<void> | void;
  /** Lets go of all that the store holds. */
  readonly close: () => Promise<void>;
}

/** The cases of a contract by their names. */
export type Cases<S extends LogoutStore> = Readonly<Record<string, (under: StoreUnderTest<S>) => Promise<void>>>;

/** Binds cases to the stores they are tried on: each gets one of its own. */
export function contractOf<S extends LogoutStore>(
  make: () => Promise<StoreUnderTest<S>>,
  cases: Cases<S>,
): readonly ContractCase[] {
  return Object.entries(cases).map(([name, body]) => ({
    name,
    run: async () => {
      const under = await make();
      try {
        await body(under);
      } finally {
        await under.close();
      }
    },
  }));
}

export const client: ClientRef = { issuer: 'https://op.example.com', clientId: 'app' };
export const otherClients: readonly ClientRef[] = [
  { issuer: 'https://op.example.com', clientId: 'other' },
  { issuer: 'https://other.example.com', clientId: 'app' },
];
export const minute = 60_000;

/** A session whose login began a second before `now`, in the current second of the OP's clock, which reads 1,000. */
export function recordAt(now: number, members: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: hashOf(randomToken()),
    client,
    sub: 'alice',
    createdAt: now - 1000,
    iat: 1000,
    startedAt: now,
    usedAt: now,
    expiresAt: now + 10 * minute,
    version: 1,
    user: { name: 'Alice' },
    tokens: 'sealed',
    ...members,
  };
}

/** One session of each kind that a logout has to tell apart, by name. */
export function worldAt(now: number): ReadonlyMap<string, SessionRecord> {
  const members: Readonly<Record<string, Partial<SessionRecord>>> = {
    alice1: { sid: '1' },
    'alice1 in another browser': { sid: '1' },
    bob1: { sub: 'bob', sid: '1' },
    alice2: { sid: '2' },
    'alice without sid': {},
    'alice1 of another client': { sid: '1', client: otherClients[0] },
    'alice1 of another issuer': { sid: '1', client: otherClients[1] },
    'whose sub reads like the sid, and the other way round': { sub: '1', sid: 'alice' },
  };
  return new Map(Object.entries(members).map(([name, own]) => [name, recordAt(now, { id: hashOf(name), ...own })]));
}

/** What each kind of target names in that world. */
export const targets: readonly {
  readonly what: string;
  readonly target: SessionTarget;
  readonly names: readonly string[];
}[] = [
  { what: 'a session', target: { client, sessionId: hashOf('alice1') }, names: ['alice1'] },
  { what: 'a sid', target: { client, sid: '1' }, names: ['alice1', 'alice1 in another browser', 'bob1'] },
  {
    what: 'a sid and its sub',
    target: { client, sid: '1', sub: 'alice' },
    names: ['alice1', 'alice1 in another browser'],
  },
  {
    what: 'a sub',
    target: { client, sub: 'alice' },
    names: ['alice1', 'alice1 in another browser', 'alice2', 'alice without sid'],
  },
  { what: 'an unknown session', target: { client, sessionId: hashOf('unknown') }, names: [] },
  { what: 'an unknown sid', target: { client, sid: 'unknown' }, names: [] },
  { what: "another user's sid", target: { client, sid: '2', sub: 'bob' }, names: [] },
];

/**
 * What a mark with `at` 500 ms ago and `iat` 1000 refuses, as milliseconds before now and `iat`; none of the others.
 * The last two began, by this clock, after the mark was written.
 */
export const refusals: readonly (readonly [began: number, iat: number, refused: boolean])[] = [
  [501, 2000, true],
  [500, 2000, true],
  [499, 2000, false],
  [499, 1000, false],
  [499, 999, true],
  [-minute, 999, false],
  [-minute, 2000, false],
];

/** What may stand in an identifier and breaks a store that joins, escapes or looks up carelessly. */
export const hostile: readonly string[] = [
  ...[
    'a:b',
    'a,b',
    'a|b',
    '"a"',
    "'a'",
    '`a`',
    '\\',
    '{a}',
    '[a]',
    '["a"]',
    '*',
    '?',
    '$1',
    '%s',
    'a b',
    'a\r\nb',
    '\u0000',
    'null',
    '0',
  ],
  ...[
    'é',
    'e\u0301',
    'ﬀ',
    '\u{1f600}',
    '\ud800',
    '\u202e',
    'x'.repeat(255),
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
  ],
];

/** Pairs that read the same once they are joined. */
export const confusable: readonly (readonly [readonly [string, string], readonly [string, string]])[] = [
  ...[':', ',', '|', ' ', '', '-', '_', '.', '/', '#', '+', '\u0000', '\n', '","'].map(
    (joint) =>
      [
        [`a${joint}b`, 'c'],
        ['a', `b${joint}c`],
      ] as const,
  ),
];

/** The ids of records, for comparison. */
export function idsOf(records: readonly SessionRecord[]): string[] {
  return records.map(({ id }) => id).sort();
}

/** Subscribes, acts, and returns the first notice; rejects when none comes within two seconds. */
export async function noticeOfAct(store: LogoutStore, act: () => Promise<unknown>): Promise<LogoutNotice> {
  let hear: (notice: LogoutNotice) => void = () => undefined;
  const heard = new Promise<LogoutNotice>((resolve) => (hear = resolve));
  const unsubscribe = await store.subscribe((notice) => hear(notice));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), 2000)));
  try {
    await act();
    const notice = await Promise.race([heard, late]);
    assert.ok(notice, 'a subscriber hears of the logout');
    return notice;
  } finally {
    clearTimeout(timer);
    await unsubscribe();
  }
}
