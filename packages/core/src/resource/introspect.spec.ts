import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { TestClock } from '../../test/clock.js';
import { IntrospectionOp } from '../../test/introspection-op.js';
import { until } from '../../test/machines.js';
import { refusal } from '../../test/refusal.js';
import { MemoryStore } from '../session/memory-store.js';
import type { LogoutNotice } from '../session/logout-store.js';
import { Introspector, type IntrospectorOptions } from './introspect.js';

const start = 1_800_000_000_000;
const now = start / 1000;
let op: IntrospectionOp;
let clock: TestClock;

beforeAll(async () => {
  op = await IntrospectionOp.start();
});
beforeEach(() => {
  clock = new TestClock(start);
  op.asked.length = 0;
  op.status = 200;
  op.until = Promise.resolve();
  op.answer = op.good(clock);
});
afterAll(() => op.op.server.stop());

function introspector(more: Partial<IntrospectorOptions> = {}): Introspector {
  return new Introspector(op.options(clock, more));
}

/** Holds answers back until it is called. */
function hold(): () => void {
  let release: () => void = () => undefined;
  op.until = new Promise<void>((resolve) => (release = resolve));
  return release;
}

describe('a good token [R78]', () => {
  it('has the claims that the OP says, frozen', async () => {
    op.answer = op.good(clock, { scope: 'a b', cnf: { jkt: 'x' }, role: null });
    const claims = await introspector().introspect('t');
    expect(claims).toEqual({ ...op.good(clock), scope: 'a b', cnf: { jkt: 'x' } });
    expect([Object.isFrozen(claims), Object.isFrozen(claims.cnf)]).toEqual([true, true]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['no iss: the OP’s own endpoint said so', { iss: undefined }],
    ['one of several audiences', { aud: ['x', 'https://api.example'] }],
    ['no exp', { exp: undefined }],
    ['an exp within the tolerance', { exp: now - 59 }],
    ['an nbf and an iat within the tolerance', { nbf: now + 60, iat: now + 60 }],
    ['a token_type', { token_type: 'Bearer' }],
    ['another typ', { typ: 'Bearer' }],
  ])('is taken with %s', async (_name, more) => {
    op.answer = op.good(clock, more);
    await expect(introspector().introspect('t')).resolves.toMatchObject({ sub: 'ada' });
  });
});

describe('a token that is refused [R78] [R75]', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['inactive', 'access_token_inactive', { active: false }],
    ['of another issuer', 'access_token_iss', { iss: 'https://evil.example' }],
    ['of the issuer with a slash', 'access_token_iss', { iss: 'ISSUER/' }],
    ['for another API', 'access_token_aud', { aud: 'https://other.example' }],
    ['for a part of our name', 'access_token_aud', { aud: 'https://api.example/more' }],
    ['for nobody', 'access_token_aud', { aud: undefined }],
    ['for an empty list', 'access_token_aud', { aud: [] }],
    ['expired', 'access_token_exp', { exp: now - 60 }],
    ['not valid yet', 'access_token_nbf', { nbf: now + 61 }],
    ['issued in the future', 'access_token_iat', { iat: now + 61 }],
    ['an ID token', 'access_token_kind', { typ: 'ID' }],
    ['a refresh token, as Keycloak says', 'access_token_kind', { typ: 'Refresh' }],
    ['a logout token', 'access_token_kind', { events: {} }],
    ['a logout token by its typ', 'access_token_kind', { typ: 'Logout' }],
    ['an ID token, as Cognito says', 'access_token_kind', { token_use: 'id' }],
    ['a refresh token by token_use', 'access_token_kind', { token_use: 'refresh' }],
    ['a refresh token by token_type', 'access_token_kind', { token_type: 'refresh_token' }],
  ])('%s: %s', async (_name, code, more) => {
    const iss = more.iss === 'ISSUER/' ? { iss: `${op.op.issuer}/` } : {};
    op.answer = op.good(clock, { ...more, ...iss });
    expect(await refusal(() => introspector().introspect('t'))).toMatchObject({ code, status: 401 });
  });

  it.each([
    ['empty', 'invalid_message', ''],
    ['of characters that no token has', 'invalid_message', 'a b'],
    ['with a line break', 'invalid_message', 'a\n'],
    ['with an equals sign within', 'invalid_message', 'a=b'],
    ['not ASCII', 'invalid_message', 'ä'],
    ['of more than 16 KB', 'message_too_large', 'a'.repeat(16_385)],
  ])('%s: %s, and nobody is asked [RULE 6.4]', async (_name, code, token) => {
    expect(await refusal(() => introspector().introspect(token))).toMatchObject({ code, status: 401 });
    expect(op.asked).toHaveLength(0);
  });

  it('is asked about at the most that a token may have', async () => {
    const token = `${'a'.repeat(16_383)}=`;
    await introspector().introspect(token);
    expect(op.asked[0]?.form.get('token')).toBe(token);
  });
});

describe('the vectors of introspection', () => {
  interface Vector {
    readonly id: string;
    readonly message: string;
    readonly input: string;
    readonly expect: string;
  }
  const all = JSON.parse(readFileSync(join(__dirname, '../../test/vectors/messages.json'), 'utf8')) as Vector[];
  const vectors = all.filter(({ message }) => message.startsWith('TokenIntrospection'));

  it('are there', () => expect(vectors.map(({ id }) => id)).toContain('intro-active-word'));

  it.each(vectors.map((vector) => [vector.id, vector] as const))(
    '%s: opens no API',
    async (id, { input, expect: verdict }) => {
      op.answer = input;
      const error = await refusal(() => introspector().introspect('t'));
      // What is no answer says nothing of the token; a valid one is about another API here, or about no good token.
      const isVerdict = verdict === 'valid' && id !== 'introerr-invalid-client';
      expect(error.status).toBe(isVerdict ? 401 : 503);
    },
  );
});

describe('what is kept [RULE 6.4] [R78] [R88]', () => {
  it('a good answer: for the ttl, then it is asked anew', async () => {
    const api = introspector({ ttl: 30 });
    await api.introspect('t');
    clock.advance(29_999);
    await api.introspect('t');
    expect(op.asked).toHaveLength(1);
    clock.advance(1);
    op.answer = { active: false };
    expect(await refusal(() => api.introspect('t'))).toMatchObject({ code: 'access_token_inactive' });
    expect(op.asked).toHaveLength(2);
  });

  it('a good answer: no longer than the token', async () => {
    op.answer = op.good(clock, { exp: now + 10 });
    const api = introspector({ ttl: 300 });
    await api.introspect('t');
    clock.advance(9_999);
    await api.introspect('t');
    expect(op.asked).toHaveLength(1);
    clock.advance(1);
    await api.introspect('t');
    expect(op.asked).toHaveLength(2);
  });

  it('times are looked at on every hit: a clock that was turned back lets no token in before its time', async () => {
    op.answer = op.good(clock, { nbf: now });
    const api = introspector();
    await api.introspect('t');
    clock.advance(-61_000);
    expect(await refusal(() => api.introspect('t'))).toMatchObject({ code: 'access_token_nbf' });
    expect(op.asked).toHaveLength(1);
  });

  it('nothing with a ttl of 0', async () => {
    const api = introspector({ ttl: 0 });
    await api.introspect('t');
    await api.introspect('t');
    expect(op.asked).toHaveLength(2);
  });

  it.each([
    [undefined, 4_999, 5_000],
    [2, 1_999, 2_000],
    [3600, 4_999, 5_000],
  ])('a refusal with negativeTtl %s: for %s ms, not for %s', async (negativeTtl, kept, gone) => {
    const api = introspector({ negativeTtl });
    op.answer = { active: false };
    await refusal(() => api.introspect('t'));
    op.answer = op.good(clock);
    clock.advance(kept);
    expect(await refusal(() => api.introspect('t'))).toMatchObject({ code: 'access_token_inactive' });
    expect(op.asked).toHaveLength(1);
    clock.advance(gone - kept);
    await expect(api.introspect('t')).resolves.toMatchObject({ active: true });
  });

  it.each<[string, Partial<Pick<IntrospectionOp, 'answer' | 'status'>>]>([
    ['a 5xx', { status: 500 }],
    ['a 5xx that says inactive', { status: 503, answer: { active: false } }],
    ['an invalid_client of ours', { status: 401, answer: { error: 'invalid_client' } }],
    ['an answer that is none', { answer: { active: 'false' } }],
  ])('never %s', async (_name, wrong) => {
    const api = introspector();
    Object.assign(op, wrong);
    expect(await refusal(() => api.introspect('t'))).toMatchObject({ status: 503 });
    Object.assign(op, { status: 200, answer: op.good(clock) });
    await expect(api.introspect('t')).resolves.toMatchObject({ active: true });
  });

  it('one token’s answer serves no other token', async () => {
    const api = introspector();
    await api.introspect('token');
    op.answer = { active: false };
    for (const token of ['tokem', 'token=', 'Token', 'token.'])
      expect(await refusal(() => api.introspect(token))).toMatchObject({ code: 'access_token_inactive' });
  });

  it('is bounded, and a flood of bad tokens pushes out no good answer', async () => {
    const api = introspector({ maxEntries: 3 });
    await api.introspect('good');
    op.answer = { active: false };
    for (let i = 0; i < 10; i++) await refusal(() => api.introspect(`bad-${i}`));
    await expect(api.introspect('good')).resolves.toMatchObject({ active: true });
    expect(op.asked).toHaveLength(11);
    op.answer = op.good(clock);
    for (const token of ['1', '2', '3']) await api.introspect(token);
    await api.introspect('good');
    expect(op.asked).toHaveLength(15);
  });

  it('holds no token as it came [R92]', async () => {
    const api = introspector();
    await api.introspect('the-secret-token');
    expect(inspect(api, { depth: 20, showHidden: true })).not.toContain('the-secret-token');
  });
});

describe('how often is asked [RULE 6.4]', () => {
  it('once for all who wait', async () => {
    const api = introspector();
    const release = hold();
    const all = Promise.all(Array.from({ length: 50 }, () => api.introspect('t')));
    await until(() => op.asked.length > 0);
    release();
    expect(new Set((await all).map(({ sub }) => sub))).toEqual(new Set(['ada']));
    expect(op.asked).toHaveLength(1);
  });

  it('once for all who wait, also for a refusal and for a failure', async () => {
    const api = introspector();
    op.answer = { active: false };
    const refused = await Promise.allSettled([1, 2, 3].map(() => api.introspect('t')));
    op.status = 500;
    const failed = await Promise.allSettled([1, 2, 3].map(() => api.introspect('u')));
    expect([...refused, ...failed].every(({ status }) => status === 'rejected')).toBe(true);
    expect(op.asked).toHaveLength(2);
  });

  it('for at most maxInFlight tokens at once: the next is 503, at once', async () => {
    const api = introspector({ maxInFlight: 2 });
    const release = hold();
    const waiting = ['a', 'b', 'a'].map((token) => api.introspect(token));
    expect(await refusal(() => api.introspect('c'))).toMatchObject({
      code: 'introspection_busy',
      status: 503,
      headers: { 'Retry-After': '1' },
    });
    release();
    await Promise.all(waiting);
    await expect(api.introspect('c')).resolves.toMatchObject({ active: true });
    expect(op.asked).toHaveLength(3);
  });

  it('a place that failed is free again', async () => {
    const api = introspector({ maxInFlight: 1 });
    op.status = 500;
    await refusal(() => api.introspect('a'));
    op.status = 200;
    await expect(api.introspect('b')).resolves.toMatchObject({ active: true });
  });
});

describe('a logout [RULE 6.3]', () => {
  const client = { issuer: 'https://op.example', clientId: 'web' };

  it.each<[string, { sid?: string; sub?: string }, boolean]>([
    ['the sid', { sid: 's1' }, true],
    ['the sub', { sub: 'ada' }, true],
    ['the sid and the sub', { sid: 's1', sub: 'ada' }, true],
    ['another sid', { sid: 's2' }, false],
    ['another sub', { sub: 'grace' }, false],
  ])('of %s, on every process that shares the store', async (_name, named, drops) => {
    const store = new MemoryStore({ clock });
    const processes = [introspector({ store }), introspector({ store })];
    op.answer = op.good(clock, { sid: 's1' });
    for (const api of processes) await api.introspect('first'); // by now they hear of logouts
    for (const api of processes) await api.introspect('t');
    op.answer = { active: false };
    await store.end({ client, ...named } as never, { life: 60_000 });
    for (const api of processes) {
      if (drops) expect(await refusal(() => api.introspect('t'))).toMatchObject({ code: 'access_token_inactive' });
      else await expect(api.introspect('t')).resolves.toMatchObject({ active: true });
    }
    expect(op.asked).toHaveLength(drops ? 6 : 4);
  });

  it('that comes while the OP is being asked: the answer is not kept', async () => {
    const store = new MemoryStore({ clock });
    const api = introspector({ store });
    await api.introspect('first');
    const release = hold();
    const waiting = api.introspect('t');
    await until(() => op.asked.length === 2);
    await store.end({ client, sub: 'ada' }, { life: 60_000 });
    release();
    await waiting;
    op.answer = { active: false };
    expect(await refusal(() => api.introspect('t'))).toMatchObject({ code: 'access_token_inactive' });
  });

  it('of somebody else meanwhile takes nothing away', async () => {
    const store = new MemoryStore({ clock });
    const api = introspector({ store });
    await api.introspect('first');
    const release = hold();
    const waiting = api.introspect('t');
    await until(() => op.asked.length === 2);
    await store.end({ client, sub: 'grace' }, { life: 60_000 });
    release();
    await waiting;
    await api.introspect('t');
    expect(op.asked).toHaveLength(2);
  });

  it('that cannot be heard of: nothing is kept until it can', async () => {
    const store = new MemoryStore({ clock });
    let down = true;
    const subscribe = (listener: (notice: LogoutNotice) => void): ReturnType<MemoryStore['subscribe']> =>
      down ? Promise.reject(new Error('down')) : store.subscribe(listener);
    const api = introspector({ store: { subscribe } });
    await api.introspect('t');
    await api.introspect('t');
    expect(op.asked).toHaveLength(2);
    down = false;
    await api.introspect('t'); // subscribes
    await api.introspect('t'); // kept from here on
    await api.introspect('t');
    expect(op.asked).toHaveLength(4);
    await store.end({ client, sub: 'ada' }, { life: 60_000 });
    await api.introspect('t');
    expect(op.asked).toHaveLength(5);
  });

  it('is not heard of after close, and nothing is kept then', async () => {
    const store = new MemoryStore({ clock });
    let listeners = 0;
    const subscribe: MemoryStore['subscribe'] = async (listener) => {
      const end = await store.subscribe(listener);
      listeners++;
      return async () => {
        listeners--;
        await end();
      };
    };
    const api = introspector({ store: { subscribe } });
    await api.introspect('t');
    await api.close();
    expect(listeners).toBe(0);
    await api.introspect('u');
    await api.introspect('u');
    expect(op.asked).toHaveLength(3);
  });
});
