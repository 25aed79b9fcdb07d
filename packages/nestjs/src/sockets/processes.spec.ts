// What one process carries out reaches the sockets of another by Redis alone.
import { UseGuards } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { endSessions, OidcClient } from '@latchkey/core';
import { ForeignOp } from '../../../core/test/foreign-op.js';
import { UserAgent } from '../../../core/test/user-agent.js';
import { describeWithRedis, type RedisServer, startRedis } from '../../../redis/test/redis-server.js';
import { Stores } from '../../../redis/test/stores.js';
import { type App, secret, signIn, signOut } from '../../test/app.js';
import { handshakeOf, startGateways } from '../../test/gateways.js';
import { socketIo, ws } from '../../test/socket-clients.js';
import { CurrentUser, LoginGuard } from '../index.js';

// The first test has the platforms loaded.
jest.setTimeout(60_000);

@WebSocketGateway()
@UseGuards(LoginGuard)
class Chat {
  @SubscribeMessage('who') who(@CurrentUser('sub') sub: string): object {
    return { event: 'who', data: sub };
  }
}

describeWithRedis('[R63] programs that share a Redis', () => {
  const stores = new Stores();
  let op: ForeignOp;
  let redis: RedisServer;
  beforeAll(async () => {
    [op, redis] = await Promise.all([ForeignOp.start([]), startRedis()]);
  });
  afterEach(() => stores.close());
  afterAll(() => Promise.all([op.stop(), redis.remove()]));

  const open = () => stores.open({ url: redis.url });
  const start = (platform: typeof ws, cookie: object): Promise<App> =>
    startGateways(op, { platform, gateways: [Chat], options: { session: { store: open(), cookie } } });

  it.each([
    ['socket.io', 'a store', socketIo, {}],
    ['ws', 'a store', ws, {}],
    ['ws', 'cookies', ws, { sealed: true }],
  ])(
    'close the sockets of %s of whom another signs out, with sessions in %s',
    async (_name, _where, platform, cookie) => {
      const app = await start(platform, cookie);
      const socket = await platform.open(app.url, { headers: await handshakeOf(app) });
      expect(await socket.ask('who')).toEqual({ event: 'who', data: 'ada' });
      const { issuer, clientId } = app.client.ref;
      const other = new OidcClient({ issuer, clientId, baseUrl: app.url, session: { secret, store: open(), cookie } });
      await endSessions(other, { client: other.ref, sub: 'ada', iat: Math.floor(Date.now() / 1000) }, 'back_channel');
      expect(await socket.closed).toBe('login_required');
    },
  );

  it('close them by a logout token of the OP, too', async () => {
    const app = await start(ws, {});
    const elsewhere = await start(ws, {});
    const agent = new UserAgent();
    await signIn(agent, op, app);
    await signIn(agent, op, elsewhere);
    const socket = await ws.open(app.url, { headers: await handshakeOf(app, agent) });
    expect(await socket.ask('who')).toEqual({ event: 'who', data: 'ada' });
    await signOut(agent, elsewhere);
    expect(await socket.closed).toBe('login_required');
  });
});
