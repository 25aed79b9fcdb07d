import { breakableStore } from '../test/breakable-store.js';
import { askAsProgram, jsonOf, LogoutBench, policyOf, postToken } from '../test/logout-bench.js';
import { optionsFor } from '../test/relying-party.js';
import { UserAgent } from '../test/user-agent.js';
import { OidcClient } from './client/client.js';
import type { OidcError } from './errors.js';
import { handle, handleVisit } from './handler.js';
import type { ErrorContext } from './hooks.js';
import type { RouteName } from './routes.js';
import { Visit } from './visit.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

const routes: [RouteName, string, string][] = [
  ['login', '/auth/login', 'GET'],
  ['callback', '/auth/callback', 'GET'],
  ['logout', '/auth/logout', 'POST'],
  ['loggedOut', '/auth/logged-out', 'GET'],
  ['backchannelLogout', '/auth/backchannel-logout', 'POST'],
  ['frontchannelLogout', '/auth/frontchannel-logout', 'GET'],
];

describe('what is for us', () => {
  const client = new OidcClient(optionsFor('https://op.example', 'https://app.example'));
  const ask = (path: string, method = 'GET', of = client): Promise<Response | undefined> =>
    handle(of, new Request(`https://anything.example${path}`, { method }));

  it.each([
    '/',
    '/auth',
    '/auth/',
    '/auth/login/',
    '/auth/login/x',
    '/auth//login',
    '/Auth/Login',
    '/auth/log%69n',
    '/x/auth/login',
    '/auth/login.json',
    '/constructor',
    '/__proto__',
  ])('nothing of %s: undefined', async (path) => {
    expect(await ask(path)).toBeUndefined();
    expect(await ask(path, 'POST')).toBeUndefined();
  });

  it.each(routes)(
    'of a visit to %s at %s, the request is made where %s has a body, and there alone',
    async (...row) => {
      const [, path, method] = row;
      const visit = new Visit(client, method, path, () => undefined);
      let made = 0;
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const request = (): Promise<Request> => {
        made++;
        return Promise.resolve(new Request(client.baseUrl + path, { method, headers: form, body: 'a=b' }));
      };
      expect(await handleVisit(visit, request)).toBeInstanceOf(Response);
      expect(made).toBe(method === 'POST' ? 1 : 0);
      expect(await handleVisit(new Visit(client, method, '/elsewhere', () => undefined), request)).toBeUndefined();
    },
  );

  it.each(routes)('%s at %s answers %s alone: 405 with Allow', async (_name, path, allow) => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'].filter((each) => each !== allow)) {
      const answer = await ask(path, method);
      expect([method, answer?.status, answer?.headers.get('allow')]).toEqual([method, 405, allow]);
      expect(answer?.headers.get('cache-control')).toBe('private, no-store');
      expect(await answer?.json()).toEqual({
        error: 'method_not_allowed',
        error_description: 'This address cannot be opened like that.',
      });
    }
  });

  it('a person who opens such an address sees a page', async () => {
    const party = await bench.party();
    const page = await new UserAgent().fetch(`${party.url}/auth/backchannel-logout`);
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'POST']);
    expect(page.text).toContain('<h1>That does not work this way</h1>');
    expect(policyOf(page)['default-src']).toEqual(["'none'"]);
  });

  it.each(routes.filter(([name]) => name !== 'callback'))('%s that is turned off: undefined', async (name, path) => {
    const off = new OidcClient(optionsFor('https://op.example', 'https://app.example', { routes: { [name]: false } }));
    expect(await ask(path, 'PUT', off)).toBeUndefined();
  });

  it.each(routes)('%s that was given another path: there, and nowhere else', async (name, path) => {
    const options = { routes: { [name]: '/elsewhere' } };
    const moved = new OidcClient(optionsFor('https://op.example', 'https://app.example/base', options));
    expect((await ask('/base/elsewhere', 'PUT', moved))?.status).toBe(405);
    expect(await ask(`/base${path}`, 'PUT', moved)).toBeUndefined();
  });
});

describe('the form of a sign-out', () => {
  it.each<[string, string | undefined, Record<string, string>, string]>([
    ['with a page to end at', 'returnTo=%2Fpublic', {}, '/public'],
    [
      'in other letters',
      'returnTo=%2Fpublic',
      { 'content-type': 'Application/X-WWW-Form-Urlencoded;charset=utf-8' },
      '/public',
    ],
    ['without fields', '', {}, '/'],
    ['without a body', undefined, {}, '/'],
    ['of another type, which is not read', '{"returnTo":"/public"}', { 'content-type': 'application/json' }, '/'],
  ])('%s', async (_what, form, headers, end) => {
    const party = await bench.party();
    const agent = new UserAgent();
    const page = await agent.fetch(`${party.url}/auth/logout`, {
      method: 'POST',
      ...(form !== undefined && { form }),
      headers,
    });
    const refresh = /url=([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&#38;', '&') ?? '';
    expect((await agent.open(refresh)).url).toBe(party.url + end);
  });

  it('that is too long: 400, and the session lives', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const form = { returnTo: `/${'x'.repeat(70_000)}` };
    const page = await agent.fetch(`${party.url}/auth/logout`, { form, headers: { 'sec-fetch-site': 'same-origin' } });
    expect([page.status, page.headers.getSetCookie()]).toEqual([400, []]);
    expect(page.text).toContain('What was sent here could not be read.');
    expect(await party.whoIs(agent)).toBe('ada');
  });
});

describe('[R93] errors', () => {
  it('become a page for people, and JSON for everybody else', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    store.down.add('all');
    const page = await agent.fetch(`${party.url}/auth/login`);
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    expect(page.text).toContain('store_unavailable');
    const json = await agent.fetch(`${party.url}/auth/logout`, {
      method: 'POST',
      headers: { accept: 'application/json', 'sec-fetch-mode': 'cors' },
    });
    expect([json.status, jsonOf(json).error]).toEqual([503, 'store_unavailable']);
    for (const each of [page, json]) {
      expect(each.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(each.headers.get('cache-control')).toBe('private, no-store');
      expect(each.text).not.toContain('ECONNREFUSED');
    }
  });

  it('[R98] [RULE 8.1] what came is shown escaped, and cut', async () => {
    const party = await bench.party();
    const answer = await postToken(party, await bench.token({ iss: '"><script>alert(1)</script>'.padEnd(500, 'x') }));
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(String(jsonOf(answer).error_description).length).toBeLessThan(250);
  });

  it('of a program: what is none of ours is thrown on', async () => {
    const hooks = {
      onError: () => {
        throw new RangeError('the template is broken');
      },
    };
    const client = new OidcClient(optionsFor('https://op.example', 'https://app.example', { hooks }));
    const request = new Request('https://app.example/auth/login', { method: 'PUT' });
    await expect(handle(client, request)).rejects.toThrow(RangeError);
  });
});

describe('onError', () => {
  it('answers in place of our page, and knows what happened and where to try again', async () => {
    const heard: [OidcError, ErrorContext][] = [];
    const onError = (error: OidcError, context: ErrorContext): { html: string } => {
      heard.push([error, context]);
      return { html: '<h1>Our own page</h1>' };
    };
    const party = await bench.party({ hooks: { onError } });
    const headers = { 'sec-fetch-site': 'cross-site' };
    const page = await new UserAgent().fetch(`${party.url}/auth/logout?secret=1`, { form: 'a=b', headers });
    expect([page.status, page.text]).toEqual([403, '<h1>Our own page</h1>']);
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    const [[error, context] = []] = heard;
    expect([heard.length, error?.code, context?.tryAgain]).toEqual([1, 'csrf_refused', '/auth/login']);
    expect([context?.request.method, context?.request.url]).toEqual(['POST', `${party.url}/auth/logout`]);
  });

  it.each<[string, () => { redirect: string } | { html: string; status: number } | Response | undefined, number]>([
    ['a redirect', () => ({ redirect: '/sorry' }), 303],
    ['a page with a status of its own', () => ({ html: 'x', status: 418 }), 418],
    ['a whole response', () => Response.json({ own: true }, { status: 409 }), 409],
    ['nothing: our page', () => undefined, 403],
  ])('answers with %s', async (_what, onError, status) => {
    const party = await bench.party({ hooks: { onError } });
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await new UserAgent().fetch(`${party.url}/auth/logout`, { form: '', headers })).status).toBe(status);
  });

  it('has no say in what a logout token gets: only 200 and 400 are ever sent', async () => {
    const party = await bench.party({ hooks: { onError: () => ({ redirect: '/sorry' }) } });
    expect((await postToken(party, await bench.token({ events: {} }))).status).toBe(400);
    expect((await askAsProgram(`${party.url}/auth/backchannel-logout`, { form: 'x'.repeat(70_000) })).status).toBe(400);
    expect((await postToken(party, await bench.token())).status).toBe(200);
  });
});
