import { TestClock } from '../../test/clock.js';
import { heapInUse } from '../../test/heap.js';
import { optionsFor } from '../../test/relying-party.js';
import { OidcClient } from '../client/client.js';
import { readCookies } from './cookies.js';

const mebibyte = 2 ** 20;
const issuer = 'http://127.0.0.1:9';

it.each([
  ['in a store', {}],
  ['in the cookie', { cookie: { sealed: true } }],
])('[R95] what is remembered of sessions %s holds none of the headers that they came in', async (_where, session) => {
  const clock = new TestClock();
  const client = new OidcClient(optionsFor(issuer, 'https://app.example', { clock, session }));
  const now = clock.now();
  const times = { createdAt: now, startedAt: now, usedAt: now, expiresAt: now + 3_600_000 };
  const draft = { client: client.ref, sub: 'ada', iat: Math.floor(now / 1000), user: { sub: 'ada' }, ...times };
  const before = heapInUse();
  for (let n = 0; n < 1000; n++) {
    const started = await client.carrier.start(draft, { idToken: 'i', accessToken: 'a' }, readCookies(''));
    const [pair] = started!.cookies[0]!.split(';');
    // As headers come: one text, of which each cookie's value is a part.
    const header = Buffer.from(`${pair}; theirs=${n}${'x'.repeat(30_000)}`).toString('latin1');
    expect((await client.carrier.read(readCookies(header)))?.record.sub).toBe('ada');
  }
  expect(heapInUse() - before).toBeLessThan(10 * mebibyte); // of 30 that came
});
