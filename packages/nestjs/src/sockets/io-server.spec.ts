import { once } from 'node:events';
import { type INestApplication, UseGuards } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { endSessions } from '@latchkey/core';
import type { Server, ServerOptions } from 'socket.io';
import { io } from 'socket.io-client';
import { ForeignOp } from '../../../core/test/foreign-op.js';
import { handshakeOf, startGateways } from '../../test/gateways.js';
import { socketIo } from '../../test/socket-clients.js';
import { CurrentUser, LoginGuard } from '../index.js';

// The first test has the platform loaded.
jest.setTimeout(120_000);

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

class Messages {
  @SubscribeMessage('who') who(@CurrentUser('sub') sub?: string): object {
    return { event: 'who', data: sub ?? null };
  }
}
@WebSocketGateway()
@UseGuards(LoginGuard)
class Guarded extends Messages {}
@WebSocketGateway()
class Open extends Messages {}
@WebSocketGateway({ namespace: 'chat' })
@UseGuards(LoginGuard)
class Chat extends Messages {}
@WebSocketGateway({ namespace: /^\/room-\d+$/ })
@UseGuards(LoginGuard)
class Rooms extends Messages {}

const asAda = { event: 'who', data: 'ada' };

describe('[RULE 6.7] long polling', () => {
  it.each<[headers: Record<string, string>, verdict: string]>([
    [{ origin: 'own' }, 'passes'],
    [{ 'sec-fetch-site': 'same-origin' }, 'passes'],
    [{ 'sec-fetch-site': 'same-site' }, 'csrf_refused'],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 'csrf_refused'],
    [{}, 'csrf_refused'],
  ])('begun with %j: %s', async (given, verdict) => {
    const app = await startGateways(op, { platform: socketIo, gateways: [Guarded] });
    const { cookie, origin } = await handshakeOf(app);
    const headers = { ...given, cookie, ...(given.origin === 'own' && { origin }) };
    const attempt = socketIo.open(app.url, { headers, transport: 'polling' });
    if (verdict === 'passes') expect(await (await attempt).ask('who')).toEqual(asAda);
    else await expect(attempt).rejects.toMatchObject({ code: verdict });
  });
});

it('[R87] guards each namespace by itself, those that are made when somebody comes too', async () => {
  const app = await startGateways(op, { platform: socketIo, gateways: [Open, Chat, Rooms] });
  const headers = await handshakeOf(app);
  expect(await (await socketIo.open(app.url)).ask('who')).toEqual({ event: 'who', data: null });
  for (const at of ['/chat', '/room-1', '/room-2']) {
    await expect(socketIo.open(app.url, { at })).rejects.toMatchObject({ code: 'login_required' });
    expect(await (await socketIo.open(app.url, { at, headers })).ask('who')).toEqual(asAda);
  }
});

it('asks about who comes back after a moment without a connection, too', async () => {
  class Recovering extends IoAdapter {
    override createIOServer(port: number, options?: ServerOptions): Server {
      return super.createIOServer(port, { ...options, connectionStateRecovery: {} } as ServerOptions);
    }
  }
  const use = (app: INestApplication): void => void app.useWebSocketAdapter(new Recovering(app));
  const app = await startGateways(op, { platform: { ...socketIo, use }, gateways: [Guarded] });
  const extraHeaders = await handshakeOf(app);
  const socket = io(app.url, { transports: ['websocket'], extraHeaders, forceNew: true, reconnection: false });
  const seen = (event: string): Promise<unknown[]> =>
    new Promise((resolve) => socket.once(event, (...args: unknown[]) => resolve(args)));
  try {
    await seen('connect');
    // A first message has to come, or there is nothing to recover from.
    socket.emit('who');
    await seen('who');
    const cut = async (): Promise<void> => {
      const gone = seen('disconnect');
      socket.io.engine.close();
      await gone;
    };
    await cut();
    socket.connect();
    await seen('connect');
    expect(socket.recovered).toBe(true);
    await cut();
    const { client } = app;
    await endSessions(client, { client: client.ref, sub: 'ada', iat: Math.floor(Date.now() / 1000) }, 'back_channel');
    socket.connect();
    expect(await seen('connect_error')).toEqual([
      expect.objectContaining({ data: expect.objectContaining({ code: 'login_required' }) as unknown }),
    ]);
  } finally {
    socket.disconnect();
  }
});

it('cuts off a socket that came in past the question', async () => {
  class Shortcut extends IoAdapter {
    /** What an adapter of the program's own might do. */
    override createIOServer(port: number, options?: ServerOptions): Server {
      const server = super.createIOServer(port, options);
      Object.assign(server.sockets, { run: (_socket: unknown, next: () => void) => next() });
      return server;
    }
  }
  const use = (app: INestApplication): void => void app.useWebSocketAdapter(new Shortcut(app));
  const app = await startGateways(op, { platform: { ...socketIo, use }, gateways: [Guarded] });
  const socket = io(app.url, { transports: ['websocket'], forceNew: true, reconnection: false });
  try {
    const [reason] = (await once(socket as never, 'disconnect')) as [string];
    expect(reason).toBe('io server disconnect');
  } finally {
    socket.disconnect();
  }
});
