import { hashOf } from '../crypto.js';
import type { SessionTarget } from '../session/session-store.js';
import { markKeyOf, markKeysOf, noticeOf, raise, refuses, type Mark } from './mark.js';

describe('[RULE 3.2] whom a mark refuses', () => {
  // A logout token of second 100, tolerance 60 s, which arrived two minutes after it was written.
  const token: Mark = { at: 160_000, iat: 100, seen: 220_000 };
  const frontChannel: Mark = { at: 220_000, seen: 220_000 };
  it.each([
    { what: 'begun before the token', mark: token, createdAt: 90_000, iat: 95, refused: true },
    { what: 'begun at the mark', mark: token, createdAt: 160_000, iat: 165, refused: true },
    { what: 'begun after the mark, dated after it', mark: token, createdAt: 160_001, iat: 161, refused: false },
    {
      what: 'begun after the mark, in the second of the token',
      mark: token,
      createdAt: 160_001,
      iat: 100,
      refused: false,
    },
    {
      what: 'begun after the mark, dated before the token by a node that is behind',
      mark: token,
      createdAt: 160_001,
      iat: 99,
      refused: true,
    },
    { what: 'begun as the token came, dated before it', mark: token, createdAt: 220_000, iat: 99, refused: true },
    { what: 'begun after the token came, dated before it', mark: token, createdAt: 220_001, iat: 99, refused: false },
    { what: 'begun when a front-channel logout came', mark: frontChannel, createdAt: 220_000, iat: 999, refused: true },
    { what: 'begun after a front-channel logout came', mark: frontChannel, createdAt: 220_001, iat: 0, refused: false },
  ])('$what', ({ mark, refused, ...session }) => {
    expect(refuses(mark, session)).toBe(refused);
  });
});

describe('[RULE 3.2] how a mark is raised', () => {
  const old: Mark = { at: 50, iat: 7, seen: 60 };
  it.each<{ what: string; old?: Mark; request: { at?: number; iat?: number }; now: number; mark: Mark }>([
    { what: 'no time: now', request: {}, now: 100, mark: { at: 100, seen: 100 } },
    { what: 'a time before now', request: { at: 70, iat: 9 }, now: 100, mark: { at: 70, iat: 9, seen: 100 } },
    { what: 'a time after now: now', request: { at: 170, iat: 9 }, now: 100, mark: { at: 100, iat: 9, seen: 100 } },
    { what: 'everything rises', old, request: { at: 70, iat: 9 }, now: 100, mark: { at: 70, iat: 9, seen: 100 } },
    { what: 'nothing falls', old, request: { at: 10, iat: 1 }, now: 40, mark: { at: 50, iat: 7, seen: 60 } },
    { what: 'each member by itself', old, request: { at: 10, iat: 9 }, now: 100, mark: { at: 50, iat: 9, seen: 100 } },
    { what: 'a front-channel logout leaves iat', old, request: {}, now: 100, mark: { at: 100, iat: 7, seen: 100 } },
  ])('$what', ({ old: before, request, now, mark }) => {
    expect(raise(before, request, now)).toEqual(mark);
  });
});

describe('[RULE 1.1] [RULE 2.3] keys', () => {
  const client = { issuer: 'https://op.example.com', clientId: 'app' };

  it('of a session are the keys of every target that names it', () => {
    const targets: SessionTarget[] = [
      { client, sessionId: 'i' },
      { client, sub: 'u' },
      { client, sid: 's' },
      { client, sid: 's', sub: 'u' },
    ];
    expect(markKeysOf({ client, id: 'i', sub: 'u', sid: 's' })).toEqual(targets.map(markKeyOf));
    expect(markKeysOf({ client, id: 'i', sub: 'u' })).toEqual(targets.slice(0, 2).map(markKeyOf));
    expect(markKeyOf({ client, sid: 's', sub: 'u' })).toBe(hashOf('sid+sub', client.issuer, client.clientId, 's', 'u'));
  });

  it('differ where anything differs', () => {
    const other = { issuer: 'https://op.example.comapp', clientId: '' };
    const targets = [client, other].flatMap((of): SessionTarget[] => [
      { client: of, sessionId: 'a' },
      { client: of, sub: 'a' },
      { client: of, sid: 'a' },
      { client: of, sid: 'a', sub: 'a' },
      { client: of, sid: 'a","a' },
      { client: of, sid: '', sub: 'aa' },
    ]);
    expect(new Set(targets.map(markKeyOf)).size).toBe(targets.length);
  });

  it('a member that is there but undefined is absent', () => {
    expect(markKeyOf({ client, sid: 's', sub: undefined })).toBe(markKeyOf({ client, sid: 's' }));
    expect(markKeyOf({ client, sid: undefined, sub: 'u' })).toBe(markKeyOf({ client, sub: 'u' }));
    expect(() => markKeyOf({ client } as unknown as SessionTarget)).toThrow(TypeError);
  });

  it('[RULE 8.2] a notice is frozen and holds hashes', () => {
    const notice = noticeOf({ client, sid: 's', sub: 'u' }, [{ id: 'i' }]);
    expect(notice).toEqual({
      client: hashOf(client.issuer, client.clientId),
      sessions: ['i'],
      sid: hashOf('s'),
      sub: hashOf('u'),
    });
    expect([notice, notice.sessions].every(Object.isFrozen)).toBe(true);
    expect(noticeOf({ client, sessionId: 'i' }, [])).toEqual({ client: notice.client, sessions: [] });
  });
});
