import { RedisSessionStore } from '@latchkey/redis';
import express from 'express';
import { oidc, requireLogin, type OidcMiddleware } from '../../packages/express/src/index.js';
import { App, background, json, secret, type AppOptions } from '../../packages/express/test/app.js';
import { ForeignOp } from '../../packages/core/test/foreign-op.js';
import { makeKey, privateJwk } from '../../packages/core/test/keys.js';
import { UserAgent } from '../../packages/core/test/user-agent.js';
import { describeWithRedis, startRedis, type RedisServer } from '../../packages/redis/test/redis-server.js';
import { logoutToken } from '../test/logout-token.js';
import { randomOf } from '../test/random.js';

const seed = Number(process.env.ENDURANCE_SEED ?? Date.now() % 1_000_000);
const rounds = 25;
const browsers = 12;
const key = makeKey('RSA', { kid: 'op', use: 'sig', alg: 'RS256' });

let op: ForeignOp;
let redis: RedisServer;
const stores: RedisSessionStore[] = [];
beforeAll(async () => {
  redis = await startRedis();
  op = await ForeignOp.start([], { jwks: { keys: [{ ...privateJwk(key), ...key.jwk }] } });
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await op.stop();
  await redis.remove();
});

/** Somewhere to sign in. */
interface Place {
  readonly url: string;
  readonly clientId: string;
}

/** Each program has a connection of its own to the one Redis, where all use the same prefix. */
function makeStore(): RedisSessionStore {
  const store = new RedisSessionStore({ url: redis.url });
  stores.push(store);
  return store;
}

const pages = (auth: OidcMiddleware): express.Router => {
  const router = express.Router();
  router.use(auth);
  router.get('/who', (req, res) => void res.json({ sub: req.oidc.user?.sub ?? null }));
  router.get('/private', requireLogin(), (_req, res) => void res.send('signed in'));
  router.get('/stream', (req, res) => {
    res.write(`${req.oidc.user?.sub ?? 'nobody'} `);
    setImmediate(() => res.end('and no more'));
  });
  return router;
};

/** One program, with a second `oidc()` below `/admin`. */
async function placesOf(options: AppOptions['session']): Promise<Place[]> {
  const places: Place[] = [];
  const app = await App.start(op, express, { session: { store: makeStore(), ...options } }, (program, auth) => {
    const admin = oidc({
      issuer: op.issuer,
      clientId: `${auth.client.ref.clientId}-admin`,
      clientSecret: secret,
      baseUrl: `${auth.client.baseUrl}/admin`,
      session: { secret, store: makeStore(), ...options },
    });
    program.use('/admin', pages(admin));
    program.use(pages(auth));
    for (const { client } of [auth, admin]) places.push({ url: client.baseUrl, clientId: client.ref.clientId });
    registered = op.register({ ...(admin.client.metadata() as { client_id: string }), client_secret: secret });
  });
  await registered;
  expect(app.url).toBe(places[0]?.url);
  return places;
}
let registered: Promise<void>;

describeWithRedis('several programs on one host and one Redis, with one secret and two oidc() each', () => {
  it(`[RULE 1.1] [RULE 1.3] [RULE 1.4] do not touch each other, while ${browsers} browsers sign in and out of each`, async () => {
    const made = [await placesOf({}), await placesOf({}), await placesOf({ cookie: { sealed: true } })];
    const places = made.flat();
    const random = randomOf(seed);
    const counts: Record<string, number> = {};
    const count = (what: string): number => (counts[what] = (counts[what] ?? 0) + 1);
    const some = (): Place => places[Math.floor(random() * places.length)]!;

    async function live(user: string): Promise<void> {
      const agent = new UserAgent();
      const inside = new Set<Place>();
      const actions = {
        login: async (place: Place): Promise<void> => {
          const wanted = `${place.url}/private`;
          const link = `${place.url}/auth/login?returnTo=${new URL(wanted).pathname}`;
          const page = await op.signIn(agent, await agent.open(link), user);
          expect([page.url, page.text]).toEqual([wanted, 'signed in']);
          inside.add(place);
        },
        'logins at two places at once': async (place: Place): Promise<void> => {
          const other =
            places.find((each) => each !== place && !inside.has(each)) ?? places.find((each) => each !== place)!;
          await Promise.all([actions.login(place), actions.login(other)]);
        },
        'RP-initiated logout': async (place: Place): Promise<void> => {
          const headers = { origin: new URL(place.url).origin, 'sec-fetch-site': 'same-origin' };
          expect((await agent.fetch(`${place.url}/auth/logout`, { form: {}, headers })).status).toBe(200);
          inside.delete(place);
        },
        'back-channel logout': async (place: Place): Promise<void> => {
          const form = { logout_token: await logoutToken({ op, key }, place.clientId, { sub: user }) };
          expect((await new UserAgent().fetch(`${place.url}/auth/backchannel-logout`, { form })).status).toBe(200);
          inside.delete(place);
        },
        'fetch in the background': async (place: Place): Promise<void> => {
          const before = agent.names('localhost');
          const page = await agent.fetch(`${place.url}/private`, { headers: background });
          expect([page.status, page.headers.getSetCookie()]).toEqual([inside.has(place) ? 200 : 401, []]);
          expect(agent.names('localhost')).toEqual(before);
        },
        'streamed response': async (place: Place): Promise<void> => {
          const page = await agent.fetch(`${place.url}/stream`);
          expect(page.text).toBe(`${inside.has(place) ? user : 'nobody'} and no more`);
        },
      };
      const names = Object.keys(actions) as (keyof typeof actions)[];
      // At the OP everybody has signed in, and agreed to every program: from now on it asks nothing.
      for (const place of places) await actions.login(place);
      for (let round = 0; round < rounds; round++) {
        const name = names[Math.floor(random() * names.length)]!;
        await actions[name](some());
        count(name);
        // Whatever went on at one place, all others are as they were.
        const seen = await Promise.all(places.map(async ({ url }) => json(await agent.fetch(`${url}/who`)).sub));
        expect([name, ...seen]).toEqual([name, ...places.map((place) => (inside.has(place) ? user : null))]);
        count('looks at all places');
      }
    }

    await Promise.all(Array.from({ length: browsers }, (_, n) => live(`user-${n}`)));
    const lines = Object.entries(counts).map(([what, times]) => `${String(times).padStart(7)}  ${what}`);
    console.log([`${places.length} places, seed ${seed}`, ...lines].join('\n'));
    expect(Object.keys(counts)).toHaveLength(7);
  }, 120_000);
});
