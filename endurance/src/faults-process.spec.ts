import { CrookedOp } from '../../packages/core/test/crooked-op.js';
import { UserAgent } from '../../packages/core/test/user-agent.js';
import { describeWithRedis, startRedis, type RedisServer } from '../../packages/redis/test/redis-server.js';
import { Application } from '../test/application.js';
import { report } from '../test/crowd.js';

let op: CrookedOp;
let redis: RedisServer;
let application: Application;
beforeAll(async () => {
  op = await CrookedOp.start();
  redis = await startRedis();
});
afterEach(() => application.stop());
afterAll(async () => {
  await op.stop();
  await redis.remove();
});

const background = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };

describeWithRedis('[R21] [RULE 2.8] a process is killed in the middle of a refresh', () => {
  it.each([
    { rotates: true, what: 'whose answer was lost with it, and the OP takes each refresh token once', lost: 1 },
    { rotates: false, what: 'and the OP takes a refresh token again', lost: 0 },
  ])(
    '$what: $lost of 20 sessions',
    async ({ rotates, lost }) => {
      op.straighten();
      op.rotates = rotates;
      op.token = { members: { expires_in: 1 } };
      const options = { redis: { url: redis.url, prefix: `${rotates}:` }, http: { timeout: 500 } };
      application = await Application.start(op, 1, options);
      const crowd: UserAgent[] = [];
      for (let n = 0; n < 20; n++) {
        op.user = { sub: `user-${n}` };
        op.sid = `sid-${n}`;
        const agent = new UserAgent();
        expect((await agent.open(`${application.url}/private`)).status).toBe(200);
        crowd.push(agent);
      }
      const [unlucky, ...rest] = crowd as [UserAgent, ...UserAgent[]];
      const ask = async (agent: UserAgent, path: string): Promise<number> =>
        (await agent.fetch(application.url + path, { headers: background })).status;

      // The OP has used up the refresh token and is about to answer when the process is gone.
      const { server } = op;
      const right = server.handler;
      const [doomed] = application.machines;
      const gone = new Promise<void>((resolve) => {
        server.handler = (req, res) => {
          if (req.url !== '/token') return right(req, res);
          server.handler = right;
          const end = res.end.bind(res) as (body: string) => unknown;
          res.end = ((body: string) => {
            void application.kill(doomed!).then(() => (end(body), resolve()));
            return res;
          }) as typeof res.end;
          right(req, res);
        };
      });
      const refused = ask(unlucky, '/token');
      await gone;
      expect(await refused).toBe(502);
      await application.add();

      // The lock that it held frees itself; until then the others are served, and this one is asked to come again.
      const others = await Promise.all(rest.map((agent) => ask(agent, '/token')));
      let status = 503;
      for (let tries = 0; status === 503 && tries < 20; tries++) status = await ask(unlucky, '/token');
      const alive = await Promise.all(crowd.map(async (agent) => (await ask(agent, '/private')) === 200));
      report(`A process killed in the middle of a refresh, refresh tokens ${rotates ? 'good once' : 'good again'}`, {
        'other access tokens refused': [others.filter((each) => each !== 200).length, 0],
        'sessions lost': [alive.filter((each) => !each).length, lost],
        'of others': [alive.slice(1).filter((each) => !each).length, 0],
      });
      expect(status).toBe(lost ? 401 : 200);
    },
    60_000,
  );
});
