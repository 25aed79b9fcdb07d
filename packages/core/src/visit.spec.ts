import { breakableStore } from '../test/breakable-store.js';
import { LoginBench } from '../test/login-bench.js';
import { refusal } from '../test/refusal.js';
import type { OidcClient } from './client/client.js';
import { MemoryStore } from './session/memory-store.js';
import { Visit } from './visit.js';

let bench: LoginBench;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const at = (client: OidcClient, target: string, headers: Record<string, string> = {}): Visit =>
  new Visit(client, 'GET', target, (name) => headers[name]);

describe('[R10] the URL of a request is at our base URL', () => {
  it.each([
    ['/cart?a=1', 'https://app.example/cart?a=1'],
    ['//evil.example/x', 'https://app.example//evil.example/x'],
    ['https://evil.example/x', 'https://app.example/'],
    ['*', 'https://app.example/'],
    ['', 'https://app.example/'],
    ['@evil.example/', 'https://app.example/'],
  ])('%j: %s', (target, url) => expect(at(bench.client(), target).url.href).toBe(url));
});

it.each([
  ['/auth/login?returnTo=/', 'login'],
  ['/auth/callback', 'callback'],
  ['/auth/login/', undefined],
  ['/cart?x=/auth/login', undefined],
  ['https://app.example/auth/login', undefined],
])('%s is for the route %s', (target, name) => expect(at(bench.client(), target).route?.name).toBe(name));

it('says what the browser wants', () => {
  const visit = at(bench.client(), '/', {
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'iframe',
    accept: 'text/html',
  });
  expect([visit.intent, visit.wantsHtml]).toEqual(['frame', true]);
});

it('[R92] the request for hooks has no query, no cookie and no Authorization', () => {
  const headers = {
    cookie: 'a=sesame',
    authorization: 'Bearer sesame',
    'user-agent': 'Firefox',
    'accept-language': 'de',
  };
  const { url, headers: shown } = at(bench.client(), '/auth/callback?code=sesame&state=sesame', headers).toRequest();
  expect(url).toBe('https://app.example/auth/callback');
  expect(Object.fromEntries(shown)).toEqual({ 'user-agent': 'Firefox', 'accept-language': 'de' });
});

describe('[RULE 2.6] the session of a request', () => {
  async function signedIn() {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store, ignore: ['/health', '/assets/'] } });
    const agent = await bench.signedIn(party);
    store.calls.clear();
    const visit = (target: string): Visit => at(party.client, target, { cookie: agent.cookies(party.host) });
    return { store, party, visit };
  }

  it('is read once, however often it is asked for', async () => {
    const { store, visit } = await signedIn();
    const one = visit('/');
    const [first, second] = await Promise.all([one.session(), one.session()]);
    await one.readAhead();
    expect(first?.sub).toBe('ada');
    expect([second, one.known]).toEqual([first, first]);
    expect(store.calls.get('read')).toBe(1);
  });

  it('is not read where no cookie of ours came', async () => {
    const { store, party } = await signedIn();
    const visit = at(party.client, '/', { cookie: 'sid=1; latchkey-AAAAAAAA=x' });
    await visit.readAhead();
    expect([visit.known, store.calls.get('read')]).toEqual([undefined, undefined]);
    expect(visit.bringsSession).toBe(false);
  });

  it('may have ended, and its cookie comes all the same', async () => {
    const { store, party, visit } = await signedIn();
    const [record] = await store.list(party.client.ref, 'ada');
    await store.end({ client: party.client.ref, sessionId: record?.id ?? '' });
    const one = visit('/');
    expect([one.bringsSession, await one.session()]).toEqual([true, undefined]);
  });

  it.each([
    ['/health', 0],
    ['/health?full=1', 0],
    ['/assets/logo.svg', 0],
    ['/assets/', 0],
    ['/assets', 1],
    ['/healthy', 1],
    ['/health/x', 1],
    ['/', 1],
  ])('ahead of %s: %i reads', async (target, reads) => {
    const { store, visit } = await signedIn();
    const one = visit(target);
    await one.readAhead();
    expect(store.calls.get('read') ?? 0).toBe(reads);
    expect(one.known?.sub).toBe(reads === 1 ? 'ada' : undefined);
  });

  it('[R46] a fault is kept for whoever asks, and nobody is anonymous because of it', async () => {
    const { store, visit } = await signedIn();
    store.down.add('read');
    const one = visit('/');
    await one.readAhead();
    store.down.clear();
    const error = await refusal(() => one.known);
    expect(error).toMatchObject({ code: 'store_unavailable', status: 503, headers: { 'Retry-After': '5' } });
    expect(await refusal(() => one.session())).toBe(error);
    expect((await visit('/').session())?.sub).toBe('ada');
  });

  describe('in the memory of the process', () => {
    async function inMemory() {
      const party = await bench.party({ session: { store: new MemoryStore({ clock: bench.clock }), absolute: 7200 } });
      const agent = await bench.signedIn(party);
      const visit = (): Visit => at(party.client, '/', { cookie: agent.cookies(party.host) });
      const first = visit(); // an id is known from its first request on
      await first.readAhead();
      return { party, visit, first };
    }

    it('is known at once, and the same to everybody who asks', async () => {
      const { visit, first } = await inMemory();
      const one = visit();
      expect(one.readAhead()).toBeUndefined();
      expect(one.known?.record).toBe(first.known?.record);
      expect(await one.session()).toBe(one.known);
      expect(one.takeCookies()).toEqual([]);
    });

    it('is read no second time where it was asked for before', async () => {
      const { visit } = await inMemory();
      const one = visit();
      const asked = one.session();
      await one.readAhead();
      expect(await asked).toBe(one.known);
    });

    it('[R48] is over at the next request when it has ended', async () => {
      const { party, visit, first } = await inMemory();
      await party.client.store.end({ client: party.client.ref, sub: first.known?.sub ?? '' });
      const one = visit();
      await one.readAhead();
      expect(one.known).toBeUndefined();
    });

    it('is waited for where its use has to be noted, and where it has expired', async () => {
      const { party, visit, first } = await inMemory();
      const usedAt = async (): Promise<number | undefined> =>
        (await party.client.store.list(party.client.ref, 'ada'))[0]?.usedAt;
      const before = await usedAt();
      bench.clock.advance(60_000);
      const one = visit();
      expect(one.readAhead()).toBeInstanceOf(Promise);
      expect((await one.session())?.sub).toBe('ada');
      expect(await usedAt()).toBeGreaterThan(before ?? Infinity);
      bench.clock.advance((first.known?.expiresAt.getTime() ?? 0) - bench.clock.now() + 7_200_000);
      const late = visit();
      expect(late.readAhead()).toBeInstanceOf(Promise);
      expect(await late.session()).toBeUndefined();
    });
  });

  it('before anything was read is nobody', () => expect(at(bench.client(), '/').known).toBeUndefined());
});
