import { LogoutBench } from '../../test/logout-bench.js';
import { visitAt } from '../../test/machines.js';
import { refusal } from '../../test/refusal.js';
import type { PartyOptions, RelyingParty } from '../../test/relying-party.js';
import { UserAgent } from '../../test/user-agent.js';
import { Visit } from '../visit.js';
import { requireHandshake } from './require-handshake.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

const listed = 'https://admin.example';

async function signedIn(options: PartyOptions = {}): Promise<{ party: RelyingParty; agent: UserAgent }> {
  const party = await bench.party({ csrf: { origins: [listed] }, ...options });
  return { party, agent: await bench.signedIn(party) };
}

/** A handshake with these headers; `own` stands for the program's origin. */
function handshake({ client }: RelyingParty, agent: UserAgent, headers: Record<string, string>): Visit {
  const cookie = visitAt(client, agent).header('cookie');
  const own = new URL(client.baseUrl).origin;
  const all: Record<string, string> = { ...headers, ...(cookie && { cookie }) };
  if (all.origin) all.origin = all.origin.replace('own', own);
  return new Visit(client, 'GET', '/socket', (name) => all[name]);
}

const upgrade = 'websocket';
const table: [headers: Record<string, string>, verdict: 'passes' | 'csrf_refused'][] = [
  [{ upgrade, origin: 'own' }, 'passes'],
  [{ upgrade, origin: 'own', 'sec-fetch-site': 'same-origin' }, 'passes'],
  [{ upgrade, origin: listed }, 'passes'],
  [{ upgrade, origin: 'https://evil.example' }, 'csrf_refused'],
  [{ upgrade, origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, 'csrf_refused'],
  [{ upgrade, origin: 'null' }, 'csrf_refused'],
  [{ upgrade, origin: 'own.evil.example' }, 'csrf_refused'],
  [{ upgrade, origin: 'own/' }, 'csrf_refused'],
  [{ upgrade, origin: '' }, 'csrf_refused'],
  [{ upgrade }, 'csrf_refused'],
  [{ upgrade, 'sec-fetch-site': 'same-origin' }, 'csrf_refused'],
  // long polling
  [{ origin: 'own' }, 'passes'],
  [{ 'sec-fetch-site': 'same-origin' }, 'passes'],
  [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, 'csrf_refused'],
  [{ 'sec-fetch-site': 'same-site' }, 'csrf_refused'],
  [{ 'sec-fetch-site': 'none' }, 'csrf_refused'],
  [{}, 'csrf_refused'],
];

it.each(table)('[RULE 6.7] a handshake with a session and %j: %s', async (headers, verdict) => {
  const { party, agent } = await signedIn();
  const visit = handshake(party, agent, headers);
  if (verdict === 'passes') expect((await requireHandshake(visit)).sub).toBe('ada');
  else expect(await refusal(() => requireHandshake(visit))).toMatchObject({ code: verdict, status: 403 });
});

it('[RULE 6.7] what lets forged requests through lets no handshake through', async () => {
  const { party, agent } = await signedIn({ dangerouslySkipCsrf: true });
  const visit = handshake(party, agent, { upgrade, origin: 'https://evil.example' });
  expect(await refusal(() => requireHandshake(visit))).toMatchObject({ code: 'csrf_refused' });
});

it('takes origins for one place alone', async () => {
  const { party, agent } = await signedIn();
  const visit = handshake(party, agent, { upgrade, origin: 'https://partner.example' });
  const demand = { csrf: { origins: ['https://partner.example'] } };
  expect((await requireHandshake(visit, demand)).sub).toBe('ada');
});

it('demands a session, and of it what every request demands', async () => {
  const { party, agent } = await signedIn();
  const nobody = handshake(party, new UserAgent(), { upgrade, origin: 'own' });
  expect(await refusal(() => requireHandshake(nobody))).toMatchObject({ code: 'login_required', status: 401 });
  const visit = handshake(party, agent, { upgrade, origin: 'own' });
  expect(await refusal(() => requireHandshake(visit, { acr: 'gold' }))).toMatchObject({
    code: 'insufficient_user_authentication',
  });
});
