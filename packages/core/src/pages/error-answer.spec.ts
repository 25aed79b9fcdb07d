import { LoginBench } from '../../test/login-bench.js';
import type { PartyOptions } from '../../test/relying-party.js';
import { ConfigurationError, DeniedError, type OidcError, ResponseError, UnavailableError } from '../errors.js';
import { Visit } from '../visit.js';
import { answering, errorAnswer, hookAnswer, loginUrl } from './error-answer.js';

let bench: LoginBench;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

function visit(options: PartyOptions = {}, accept = 'text/html', target = '/cart?code=sesame'): Visit {
  return new Visit(bench.client(options), 'GET', target, (name) => ({ accept, cookie: 'a=b' })[name]);
}

const refused = new DeniedError('login_refused', 'technical <b>', { publicMessage: 'Not <i>you</i>.' });

describe('our page', () => {
  it('[R98] says it in plain words, with the technical detail folded away and one way on', async () => {
    const answer = await errorAnswer(visit(), refused, { tryAgain: '/cart?a=1' });
    const html = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(html).toContain('<h1>You cannot sign in here</h1><p>Not &#60;i&#62;you&#60;/i&#62;.</p>');
    expect(html).toContain('<a class="act" href="/auth/login?returnTo=%2Fcart%3Fa%3D1">Try again</a>');
    expect(html).toContain('<summary>Technical details</summary><code>login_refused: technical &#60;b&#62;</code>');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it.each<[OidcError, string, number]>([
    [new DeniedError('login_unknown', 'm', { status: 400 }), 'This sign-in cannot be continued', 400],
    [new DeniedError('login_used', 'm'), 'This sign-in is done already', 403],
    [new DeniedError('login_expired', 'm'), 'This sign-in has expired', 403],
    [new DeniedError('login_ended', 'm'), 'You were signed out', 403],
    [new DeniedError('login_required', 'm', { status: 401 }), 'Please sign in', 401],
    [new DeniedError('csrf_refused', 'm'), 'This request was stopped', 403],
    [new DeniedError('method_not_allowed', 'm', { status: 405 }), 'That does not work this way', 405],
    [new DeniedError('authorization_error', 'm'), 'Signing in did not work', 403],
    [new ResponseError('invalid_message', 'm'), 'Signing in did not work', 400],
    [new ConfigurationError('issuer_mismatch', 'm'), 'Signing in did not work', 500],
    [new UnavailableError('op_unreachable', 'm'), 'The sign-in service cannot be reached', 503],
    [new UnavailableError('store_unavailable', 'm'), 'Please try again in a moment', 503],
  ])('of %s has the title "%s"', async (error, title, status) => {
    const answer = await errorAnswer(visit(), error);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(`<h1>${title}</h1>`);
  });

  it.each<[what: string, error: OidcError, target: string, title: string]>([
    ['a request of another site', new DeniedError('csrf_refused', 'm'), '/orders', 'This request was stopped'],
    ['another method', new DeniedError('method_not_allowed', 'm'), '/auth/login', 'That does not work this way'],
    ['another method of a logout', new DeniedError('method_not_allowed', 'm'), '/auth/logout', 'That does not work'],
    ['a logout of another site', new DeniedError('csrf_refused', 'm'), '/auth/logout', 'This request was stopped'],
    ['a logout too long', new ResponseError('message_too_large', 'm'), '/auth/logout', 'Signing out did not work'],
    [
      'a logout without a store',
      new UnavailableError('store_unavailable', 'm'),
      '/auth/logout?x',
      'Please try again in a moment',
    ],
  ])('leads nobody to sign in after %s', async (_what, error, target, title) => {
    const html = await (await errorAnswer(visit({}, 'text/html', target), error)).text();
    expect(html).toContain(`<h1>${title}`);
    expect([...html.matchAll(/<a [^>]*>[^<]*/g)].map(([link]) => link)).toEqual(['<a class="act" href="/">Continue']);
  });

  it('leads to where a program below a path begins', async () => {
    const below = visit({ baseUrl: 'https://app.example/shop' }, 'text/html', '/shop/auth/logout');
    const html = await (await errorAnswer(below, new DeniedError('csrf_refused', 'm'))).text();
    expect(html).toContain('href="/shop/">Continue');
  });

  it('offers no second try where only the author can help', async () => {
    const html = await (await errorAnswer(visit(), new ConfigurationError('invalid_metadata', 'm'))).text();
    expect(html).not.toContain('<a ');
  });

  it('says when to come again', async () => {
    const answer = await errorAnswer(visit(), new UnavailableError('op_unreachable', 'm', { retryAfter: 7 }));
    expect(answer.headers.get('retry-after')).toBe('7');
  });
});

describe('JSON, where HTML is not accepted', () => {
  it('has the code and the public message, nothing technical', async () => {
    const answer = await errorAnswer(visit({}, 'application/json'), refused);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual({ error: 'login_refused', error_description: 'Not <i>you</i>.' });
  });
});

describe('the hook onError', () => {
  it('gets the error, the request without its query, and where to try again', async () => {
    const seen: unknown[] = [];
    const onError = (error: OidcError, context: { request: Request; tryAgain: string }): undefined => {
      seen.push(error, context.request.url, context.request.headers.get('cookie'), context.tryAgain);
    };
    const answer = await errorAnswer(visit({ hooks: { onError } }), refused, { tryAgain: '/cart' });
    expect(seen).toEqual([refused, 'https://app.example/cart', null, '/auth/login?returnTo=%2Fcart']);
    expect(await answer.text()).toContain('You cannot sign in here'); // undefined leaves it to ours
  });

  it.each<[what: string, own: object, status: number, location: string | null, body: string]>([
    ['a redirect', { redirect: '/sorry' }, 303, '/sorry', ''],
    ['a page', { html: '<p>Sorry' }, 403, null, '<p>Sorry'],
    ['a page with its status', { html: '<p>Sorry', status: 418 }, 418, null, '<p>Sorry'],
  ])('may answer with %s, and our cookies go along', async (...[, own, status, location, body]) => {
    const hooks = { onError: () => own as { html: string } };
    const answer = await errorAnswer(visit({ hooks }), refused, { cookies: ['a=1', 'b=2'] });
    expect([answer.status, answer.headers.get('location'), await answer.text()]).toEqual([status, location, body]);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
  });

  it('may answer with a whole response, which may be frozen', async () => {
    const hooks = { onError: () => Response.redirect('https://app.example/sorry', 302) };
    const answer = await errorAnswer(visit({ hooks }), refused, { cookies: ['a=1'] });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://app.example/sorry']);
    expect(answer.headers.getSetCookie()).toEqual(['a=1']);
  });

  it('[R48] a response of its own that says nothing about caches is private too', async () => {
    const own = (headers: Record<string, string>) => ({ onError: () => new Response('x', { headers }) });
    const ask = async (headers: Record<string, string>) =>
      (await errorAnswer(visit({ hooks: own(headers) }), refused)).headers.get('cache-control');
    expect([await ask({}), await ask({ 'Cache-Control': 'no-cache' })]).toEqual(['private, no-store', 'no-cache']);
  });

  it('is asked alone where somebody else answers what it leaves', async () => {
    expect(await hookAnswer(visit(), refused)).toBeUndefined();
    expect(await hookAnswer(visit({ hooks: { onError: () => undefined } }), refused)).toBeUndefined();
    const challenge = { 'WWW-Authenticate': 'Bearer' };
    const error = new DeniedError('token_required', 'm', { status: 401, headers: challenge });
    const answer = await hookAnswer(visit({ hooks: { onError: () => ({ html: 'No.' }) } }), error);
    expect([answer?.status, answer?.headers.get('www-authenticate'), await answer?.text()]).toEqual([
      401,
      'Bearer',
      'No.',
    ]);
  });

  it('is awaited', async () => {
    const hooks = { onError: () => Promise.resolve({ html: 'later' }) };
    expect(await (await errorAnswer(visit({ hooks }), refused)).text()).toBe('later');
  });
});

describe('where to try again', () => {
  it.each<[options: PartyOptions, returnTo: string, url: string]>([
    [{}, '/', '/auth/login'],
    [{}, '/cart?a=1', '/auth/login?returnTo=%2Fcart%3Fa%3D1'],
    [{ returnTo: '/home' }, '/home', '/auth/login'],
    [{ returnTo: '/home' }, '/', '/auth/login?returnTo=%2F'],
    [{ baseUrl: 'https://app.example/shop' }, '/shop/', '/shop/auth/login'],
    [{ routes: { login: '/in' } }, '/', '/in'],
    [{ routes: { login: false } }, '/cart', '/cart'],
    [{ routes: { login: false } }, '//evil.example/', '/'],
    [{ routes: { login: false } }, 'https://evil.example/', '/'],
    [{ routes: { login: false } }, '/auth/callback?code=1', '/'],
  ])('[R11] with %j, for %s: %s', (options, returnTo, url) => {
    expect(loginUrl(visit(options), returnTo)).toBe(url);
  });
});

describe('answering', () => {
  it('returns what the step returns', async () => expect(await answering(visit(), () => 5)).toBe(5));

  it('answers an error of ours, thrown or rejected with', async () => {
    const refuse = (): never => {
      throw refused;
    };
    for (const step of [refuse, () => Promise.reject(refused)])
      expect(await answering(visit(), step)).toMatchObject({ status: 403 });
  });

  it("throws on what is none of ours: that is the program's", async () => {
    await expect(answering(visit(), () => Promise.reject(new TypeError('bug')))).rejects.toThrow(TypeError);
  });
});
