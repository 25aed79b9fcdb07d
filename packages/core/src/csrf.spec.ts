import { refuseForgery } from './csrf.js';
import { OidcClient } from './client/client.js';
import { refusal } from '../test/refusal.js';
import { optionsFor, type PartyOptions } from '../test/relying-party.js';
import { Visit } from './visit.js';

const own = 'https://app.example';
const listed = 'https://admin.example';

function verdict(method: string, headers: Record<string, string>, options: PartyOptions = {}): string {
  const client = new OidcClient(
    optionsFor('https://op.example', `${own}/shop`, { csrf: { origins: [listed] }, ...options }),
  );
  try {
    refuseForgery(new Visit(client, method, '/shop/cart', (name) => headers[name]));
    return 'passes';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const table: [method: string, headers: Record<string, string>, verdict: string][] = [
  // Sec-Fetch-Site decides where it is sent
  ['POST', { 'sec-fetch-site': 'same-origin' }, 'passes'],
  ['POST', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 'passes'],
  ['POST', { 'sec-fetch-site': 'same-site' }, 'csrf_refused'],
  ['POST', { 'sec-fetch-site': 'cross-site' }, 'csrf_refused'],
  ['POST', { 'sec-fetch-site': 'none' }, 'csrf_refused'],
  ['POST', { 'sec-fetch-site': 'anything' }, 'csrf_refused'],
  ['POST', { 'sec-fetch-site': 'cross-site', origin: own }, 'csrf_refused'],
  ['POST', { 'sec-fetch-site': 'same-site', origin: own }, 'csrf_refused'],
  // without it, Origin
  ['POST', { origin: own }, 'passes'],
  ['POST', { origin: `${own}:443` }, 'csrf_refused'],
  ['POST', { origin: `${own}/` }, 'csrf_refused'],
  ['POST', { origin: 'http://app.example' }, 'csrf_refused'],
  ['POST', { origin: 'https://app.example:8443' }, 'csrf_refused'],
  ['POST', { origin: 'https://app.example.evil.example' }, 'csrf_refused'],
  ['POST', { origin: 'https://evil.example' }, 'csrf_refused'],
  ['POST', { origin: 'null' }, 'csrf_refused'],
  // a listed Origin passes either way
  ['POST', { origin: listed }, 'passes'],
  ['POST', { 'sec-fetch-site': 'same-site', origin: listed }, 'passes'],
  ['POST', { 'sec-fetch-site': 'cross-site', origin: listed }, 'passes'],
  ['POST', { origin: 'https://ADMIN.example' }, 'csrf_refused'],
  // no browser at all
  ['POST', {}, 'passes'],
  ['POST', { referer: 'https://evil.example/' }, 'passes'],
  // every method but reading is asked
  ['PUT', { origin: 'https://evil.example' }, 'csrf_refused'],
  ['PATCH', { origin: 'https://evil.example' }, 'csrf_refused'],
  ['DELETE', { origin: 'https://evil.example' }, 'csrf_refused'],
  ['PURGE', { origin: 'https://evil.example' }, 'csrf_refused'],
  ['get', { origin: 'https://evil.example' }, 'csrf_refused'],
  ['GET', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 'passes'],
  ['HEAD', { 'sec-fetch-site': 'cross-site' }, 'passes'],
  ['OPTIONS', { origin: 'https://evil.example' }, 'passes'],
];

it.each(table)('[RULE 6.1] %s with %j: %s', (method, headers, expected) => {
  expect(verdict(method, headers)).toBe(expected);
});

it('[RULE 6.1] an origin that is not listed does not pass', () => {
  expect(verdict('POST', { origin: listed }, { csrf: { origins: ['https://other.example'] } })).toBe('csrf_refused');
});

it('[RULE 6.1] dangerouslySkipCsrf turns it off', () => {
  const options = { dangerouslySkipCsrf: true };
  expect(verdict('POST', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, options)).toBe('passes');
});

it('[RULE 6.1] an origin that is listed for one request passes there', async () => {
  const headers: Record<string, string> = { 'sec-fetch-site': 'cross-site', origin: listed };
  const visit = new Visit(new OidcClient(optionsFor('https://op.example', own)), 'POST', '/', (name) => headers[name]);
  expect(refuseForgery(visit, { origins: [listed] })).toBeUndefined();
  expect(await refusal(() => refuseForgery(visit, { origins: [`${listed}.evil.example`] }))).toMatchObject({
    code: 'csrf_refused',
  });
});

it('[RULE 3.8] a method that counts as another is judged as that one', async () => {
  const client = new OidcClient(optionsFor('https://op.example', own));
  const visit = new Visit(client, 'GET', '/', (name) => ({ 'sec-fetch-site': 'cross-site' })[name]);
  expect(await refusal(() => refuseForgery(visit, { method: 'POST' }))).toMatchObject({
    code: 'csrf_refused',
    status: 403,
  });
});
