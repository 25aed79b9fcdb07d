import { acceptsHtml, intentOf, type Intent } from './intent.js';

const table: [headers: Record<string, string>, intent: Intent][] = [
  // Fetch Metadata, where the browser sends it
  [{ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 'navigation'],
  [{ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'application/json' }, 'navigation'],
  [{ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 'frame'],
  [{ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'frame' }, 'frame'],
  [{ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'object' }, 'other'],
  [{ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'embed' }, 'other'],
  [{ 'sec-fetch-mode': 'navigate' }, 'other'],
  [{ 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: 'text/html' }, 'other'],
  [{ 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 'other'],
  [{ 'sec-fetch-mode': 'same-origin', 'sec-fetch-dest': 'document', accept: 'text/html' }, 'other'],
  [{ 'sec-fetch-mode': 'websocket' }, 'other'],
  // a look ahead, however it is said
  [{ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch' }, 'prefetch'],
  [{ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch;prerender' }, 'prefetch'],
  [{ 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty', 'sec-purpose': 'prefetch' }, 'prefetch'],
  [{ purpose: 'prefetch', accept: 'text/html' }, 'prefetch'],
  [{ purpose: 'Prefetch', accept: 'text/html' }, 'prefetch'],
  [{ 'sec-purpose': '', accept: 'text/html' }, 'navigation'],
  // without Fetch Metadata, Accept
  [{ accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }, 'navigation'],
  [{ accept: 'application/xhtml+xml' }, 'navigation'],
  [{ accept: 'TEXT/HTML' }, 'navigation'],
  [{ accept: '*/*' }, 'other'],
  [{ accept: 'application/json' }, 'other'],
  [{}, 'other'],
  [{ 'sec-fetch-mode': '', accept: 'text/html' }, 'navigation'],
];

it.each(table)('[RULE 4.2] %j is a request of kind %s', (headers, intent) => {
  expect(intentOf((name) => headers[name])).toBe(intent);
  expect(intentOf((name) => headers[name] ?? null)).toBe(intent);
});

it.each([
  ['text/html', true],
  ['application/json, text/html;q=0.1', true],
  ['*/*', false],
  ['', false],
  [undefined, false],
])('Accept %j: a person is looking: %s', (accept, html) => expect(acceptsHtml(() => accept)).toBe(html));
