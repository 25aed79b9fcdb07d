import type { KoaContextWithOIDC } from 'oidc-provider';
import { ForeignOp } from '../../packages/core/test/foreign-op.js';
import { makeKey, privateJwk } from '../../packages/core/test/keys.js';
import { describeWithRedis, startRedis, type RedisServer } from '../../packages/redis/test/redis-server.js';
import { Application, type MachineOptions } from '../test/application.js';
import { accessTokenLife, Browser, type Run } from '../test/browser.js';
import { Judge } from '../test/judge.js';
import { randomOf } from '../test/random.js';

const seconds = Number(process.env.ENDURANCE_SECONDS ?? 15);
const seed = Number(process.env.ENDURANCE_SEED ?? Date.now() % 1_000_000);
const key = makeKey('RSA', { kid: 'op', use: 'sig', alg: 'RS256' });
const browsers = 50;
const users = 20;

let op: ForeignOp;
let redis: RedisServer;
const applications: Application[] = [];
beforeAll(async () => {
  redis = await startRedis();
  op = await ForeignOp.start([], {
    jwks: { keys: [{ ...privateJwk(key), ...key.jwk }] },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: { AccessToken: accessTokenLife },
  });
});
afterAll(async () => {
  await Promise.all(applications.map((application) => application.stop()));
  await op.stop();
  await redis.remove();
});

const everywhere = [
  [40, (browser: Browser) => browser.see()],
  [6, (browser: Browser) => browser.login()],
  [5, (browser: Browser) => browser.loginInTabs()],
  [3, (browser: Browser) => browser.loginMeetingLogout()],
  [5, (browser: Browser) => browser.logoutHere()],
  [3, (browser: Browser) => browser.logoutAtOp()],
  [4, (browser: Browser) => browser.backChannel()],
] as const;

/** What must have been done, or the run has shown nothing. */
const done = [
  ...['login', 'login in a tab', 'logins refused', 'requests', 'requests with the cookies from before'],
  ...['RP-initiated logout', "the OP's own back-channel logout"],
  ...['sid', 'sub', 'sid and sub'].map((by) => `back-channel logout by ${by}`),
];

describeWithRedis('[R63] [RULE 3.2] three machines on one Redis, behind a proxy that takes them in turn', () => {
  it.each<{
    carrier: string;
    actions: Parameters<Browser['step']>[0];
    session: MachineOptions['session'];
    expected: string[];
  }>([
    {
      carrier: 'sessions in the store',
      actions: [
        ...everywhere,
        [40, (browser) => browser.ask()],
        [4, (browser) => browser.endOthers()],
        [3, (browser) => browser.frontChannel()],
      ],
      session: {},
      expected: [...done, 'access tokens', 'refreshes', 'endOthers', 'front-channel logout'],
    },
    {
      carrier: 'sessions in sealed cookies',
      actions: everywhere,
      session: { cookie: { sealed: true } },
      expected: done,
    },
  ])(
    `$carrier: ${browsers} browsers sign in and out at random, and nobody is answered as who is signed out`,
    async ({ carrier, actions, session, expected }) => {
      const options = { redis: { url: redis.url, prefix: `${carrier}:` }, ...(session && { session }) };
      const application = await Application.start(op, 3, options);
      applications.push(application);
      const run: Run = { op, key, application, judge: new Judge(), random: randomOf(seed), counts: {} };
      const all = Array.from({ length: browsers }, (_, n) => new Browser(run, `user-${n % users}`));
      const refreshed = ({ oidc }: KoaContextWithOIDC): void => {
        if (oidc.params?.grant_type === 'refresh_token') run.counts.refreshes = (run.counts.refreshes ?? 0) + 1;
      };
      op.provider.on('grant.success', refreshed);
      const until = performance.now() + seconds * 1000;
      await Promise.all(
        all.map(async (browser) => {
          while (performance.now() < until && run.judge.wrong.length === 0) await browser.step(actions);
        }),
      );
      op.provider.off('grant.success', refreshed);
      const { wrong } = run.judge;
      console.log(`${carrier}, seed ${seed}\n${tableOf({ ...run.counts, 'wrong answers': wrong.length })}`);
      expect(wrong).toEqual([]);
      expect(Object.keys(run.counts)).toEqual(expect.arrayContaining(expected));
    },
    (seconds + 60) * 1000,
  );
});

function tableOf(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${String(count).padStart(7)}  ${what}`)
    .join('\n');
}
