import { isCluster, makeClient } from './client.js';

interface Options {
  readonly url?: string;
  readonly password?: string;
  readonly username?: string;
  readonly disableOfflineQueue?: boolean;
  readonly socket?: { readonly host?: string; readonly port?: number; readonly path?: string; readonly tls?: boolean };
}

const optionsOf = (client: object): Options => (client as { options: Options }).options;
const optionsOfCluster = (client: object): { rootNodes: Options[]; defaults: Options } =>
  (client as { _options: { rootNodes: Options[]; defaults: Options } })._options;

it('makes a client of one server, which rejects at once while it is not connected', () => {
  const client = makeClient({ url: 'rediss://user:p%40ss@127.0.0.1:7000/3', redis: { name: 'latchkey' } });
  expect(isCluster(client)).toBe(false);
  expect(optionsOf(client)).toMatchObject({
    username: 'user',
    password: 'p@ss',
    database: 3,
    name: 'latchkey',
    disableOfflineQueue: true,
    socket: { host: '127.0.0.1', port: 7000, tls: true },
  });
});

it('needs no URL', () => {
  const socket = { path: '/run/redis.sock', tls: false } as const;
  expect(optionsOf(makeClient({ redis: { socket, password: 'p' } }))).toMatchObject({ socket, password: 'p' });
});

it("makes a client of a cluster; the first server's user, password and TLS hold for those found through it", () => {
  const nodes = ['rediss://user:p%40ss@127.0.0.1:7000', 'rediss://127.0.0.1:7001'];
  const client = makeClient({ nodes, redis: { socket: { connectTimeout: 5 } } });
  expect(isCluster(client)).toBe(true);
  expect(optionsOfCluster(client)).toMatchObject({
    rootNodes: nodes.map((url) => ({ url })),
    defaults: {
      username: 'user',
      password: 'p@ss',
      disableOfflineQueue: true,
      socket: { connectTimeout: 5, tls: true },
    },
  });
});

it('a cluster without password or TLS gets none', () => {
  const { defaults } = optionsOfCluster(makeClient({ nodes: ['redis://127.0.0.1:7000'] }));
  expect([defaults.username, defaults.password, defaults.socket]).toEqual([undefined, undefined, {}]);
});
