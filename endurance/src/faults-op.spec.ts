import { subscribe } from '@latchkey/core';
import { LogoutBench, postToken } from '../../packages/core/test/logout-bench.js';
import { makeKey } from '../../packages/core/test/keys.js';
import { sessionAt } from '../../packages/core/test/machines.js';
import { said, type RelyingParty } from '../../packages/core/test/relying-party.js';
import { UserAgent } from '../../packages/core/test/user-agent.js';
import { crowdAt, report, rollOf, type Member } from '../test/crowd.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(async () => {
  await bench.op.listen().catch(() => undefined);
  await bench.clear();
});
afterAll(() => bench.stop());

const second = 1000;
const minute = 60 * second;

const signOut = async (party: RelyingParty, { sid, sub }: Member): Promise<number> =>
  (await postToken(party, await bench.token({ sid, sub }))).status;

describe('the OP fails', () => {
  it('[D6] [R89] is down for an hour: nobody who is signed in notices, and nothing is lost', async () => {
    const party = await bench.party();
    const crowd = await crowdAt(bench, party);
    await bench.op.stop();
    let tried = 0;
    const end = subscribe('latchkey:provider', ({ type }) => void (tried += type === 'unreachable' ? 1 : 0));
    let noticed = 0;
    for (let passed = 0; passed < 60; passed += 5) {
      bench.clock.advance(5 * minute);
      noticed += 20 - (await rollOf(party, crowd)).alive.length;
    }
    const triedByThose = tried;
    const login = await party.login(new UserAgent());
    end();
    await bench.op.listen();
    const { alive } = await rollOf(party, crowd);
    report('The OP down for an hour', {
      'requests that were not answered as signed in': [noticed, 0],
      'tries of theirs to reach the OP': [triedByThose, 0],
      'logins answered with 503': [login.status === 503 ? 1 : 0, 1],
      'sessions lost': [20 - alive.length, 0],
    });
    expect(tried).toBeGreaterThan(0);
    expect((await party.login(new UserAgent())).status).toBe(200);
  });

  it('[RULE 2.8] is slow: who does not ask for an access token waits for nothing', async () => {
    const party = await bench.party();
    const crowd = await crowdAt(bench, party);
    bench.clock.advance(10 * minute); // every access token has expired
    const held = bench.holdTokens();
    const tokens = crowd.slice(0, 5).map(async ({ agent }) => (await sessionAt(party.client, agent)).accessToken());
    await held.arrived;
    // Every answer comes while the OP still owes its own.
    const during = await rollOf(party, crowd);
    held.goOn();
    const fresh = new Set(await Promise.all(tokens)).size;
    const { alive } = await rollOf(party, crowd);
    report('The OP slow', {
      'requests that waited for it': [20 - during.alive.length, 0],
      'access tokens that came in the end': [fresh, 5],
      'sessions lost': [20 - alive.length, 0],
    });
  });

  it('[RULE 3.2] has two nodes 20 s apart: each logout ends its session and no other, and everybody may sign in again', async () => {
    const party = await bench.party();
    const nodes = [-10, 10].map((seconds) => seconds * second);
    const at = (n: number): number => nodes[n % 2] ?? 0;
    const crowd: Member[] = [];
    for (let n = 0; n < 20; n++) {
      bench.op.clockOffset = at(n >> 1);
      crowd.push(...(await crowdAt(bench, party, 1, `node-${n}`)));
    }
    bench.clock.advance(5 * second);
    const [out, rest] = [crowd.slice(0, 12), crowd.slice(12)];
    const told: number[] = [];
    for (const [n, member] of out.entries()) {
      bench.op.clockOffset = at(n);
      told.push(await signOut(party, member));
    }
    const after = await rollOf(party, crowd);
    bench.clock.advance(1);
    let refused = 0;
    for (const [n, { agent, sid, sub }] of out.entries()) {
      bench.op.clockOffset = at(n >> 2);
      await bench.signIn(party, agent, sid, sub).catch(() => refused++);
    }
    const again = await rollOf(party, crowd);
    report('An OP of two nodes 20 s apart', {
      'logouts refused': [told.filter((status) => status !== 200).length, 0],
      'sessions that outlived their logout': [out.filter((member) => after.alive.includes(member)).length, 0],
      'other sessions lost': [rest.filter((member) => !after.alive.includes(member)).length, 0],
      'logins refused after it': [refused, 0],
      'sessions of those lost': [20 - again.alive.length, 0],
    });
  });

  it.each([
    { seconds: 59, accepted: 10 },
    { seconds: 61, accepted: 0 },
    { seconds: -59, accepted: 10 },
    { seconds: -61, accepted: 0 },
  ])(
    '[R19] [RULE 5.1] has a clock that is off by $seconds s: logins accepted $accepted of 10, nothing lost',
    async ({ seconds, accepted }) => {
      const party = await bench.party();
      const crowd = await crowdAt(bench, party);
      bench.op.clockOffset = seconds * second;
      // Behind, what it signs has to be over the moment it signs it, or nobody would notice.
      if (seconds < 0) bench.op.idToken = { claims: { exp: bench.op.now } };
      let came = 0;
      for (let n = 0; n < 10; n++) {
        bench.op.user = { sub: `late-${n}` };
        const page = await party.login(new UserAgent());
        if (page.status === 200 && said(page).sub === `late-${n}`) came++;
      }
      const { alive } = await rollOf(party, crowd);
      report(`A clock that is off by ${seconds} s`, {
        'logins accepted': [came, accepted],
        'sessions lost': [20 - alive.length, 0],
      });
    },
  );

  it('[R25] [R26] [RULE 7.1] rotates its keys under load: no login and no logout is lost, and few fetches are made', async () => {
    const party = await bench.party();
    const crowd = await crowdAt(bench, party);
    const fetched = bench.op.at('/jwks').length;
    let lost = 0;
    for (let round = 0; round < 4; round++) {
      const key = makeKey('RSA', { kid: `rotated-${round}`, use: 'sig', alg: 'RS256' });
      bench.op.published = [key.jwk];
      bench.op.idToken = { sign: { key } };
      // Ten who sign in and three who are signed out, all at once, by keys that nobody has seen before.
      const newcomers = Array.from({ length: 10 }, () => new UserAgent());
      const leaving = crowd.splice(0, 3);
      const [logins, logouts] = await Promise.all([
        Promise.all(newcomers.map((agent) => party.login(agent))),
        Promise.all(leaving.map(async ({ sid, sub }) => postToken(party, await bench.token({ sid, sub }, { key })))),
      ]);
      lost += logins.filter(({ status }) => status !== 200).length;
      lost += logouts.filter(({ status }) => status !== 200).length;
      lost += (await rollOf(party, leaving)).alive.length;
      bench.clock.advance(15 * second);
    }
    const { alive } = await rollOf(party, crowd);
    const fetches = bench.op.at('/jwks').length - fetched;
    report(`Keys rotated 4 times under 40 logins and 12 logouts, in ${fetches} fetches`, {
      'logins and logouts lost': [lost, 0],
      'sessions lost': [crowd.length - alive.length, 0],
    });
    expect(fetches).toBeLessThanOrEqual(3 * 4);
  });
});
