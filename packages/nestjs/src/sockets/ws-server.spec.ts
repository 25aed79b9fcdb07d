import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { type Type, UseGuards } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { ForeignOp } from '../../../core/test/foreign-op.js';
import type { App } from '../../test/app.js';
import { handshakeOf, startGateways } from '../../test/gateways.js';
import { ws } from '../../test/socket-clients.js';
import { CurrentUser, LoginGuard, TokenGuard } from '../index.js';

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
const start = (...gateways: Type[]): Promise<App> => startGateways(op, { platform: ws, gateways });
const asAda = { event: 'who', data: 'ada' };

it('[R71] answers a refused handshake with the challenge, in JSON that nobody keeps', async () => {
  @WebSocketGateway()
  @UseGuards(TokenGuard)
  class Api extends Messages {}
  const app = await start(Api);
  const attempt = ws.open(app.url, { headers: { authorization: 'Bearer abc' } });
  await expect(attempt).rejects.toMatchObject({
    code: 'token_refused',
    statusCode: 401,
    headers: {
      'www-authenticate': expect.stringContaining('error="invalid_token"') as string,
      'cache-control': 'no-store',
      'content-type': 'application/json',
    },
  });
});

it('[R87] guards each path by itself', async () => {
  @WebSocketGateway({ path: '/open' })
  class Open extends Messages {}
  @WebSocketGateway({ path: '/chat' })
  @UseGuards(LoginGuard)
  class Chat extends Messages {}
  const app = await start(Open, Chat);
  expect(await (await ws.open(app.url, { at: '/open' })).ask('who')).toEqual({ event: 'who', data: null });
  await expect(ws.open(app.url, { at: '/chat' })).rejects.toMatchObject({ code: 'login_required' });
  const headers = await handshakeOf(app);
  expect(await (await ws.open(app.url, { at: '/chat', headers })).ask('who')).toEqual(asAda);
});

it('[R87] guards a gateway on a port of its own', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  @WebSocketGateway(port)
  @UseGuards(LoginGuard)
  class Apart extends Messages {}
  const app = await start(Apart);
  const url = `http://127.0.0.1:${port}`;
  await expect(ws.open(url, { headers: { origin: app.url } })).rejects.toMatchObject({ code: 'login_required' });
  expect(await (await ws.open(url, { headers: await handshakeOf(app) })).ask('who')).toEqual(asAda);
});

type Info = { readonly req: IncomingMessage };
it.each<[what: string, verifyClient: unknown]>([
  ['at once', ({ req }: Info) => req.headers['x-own'] === 'yes'],
  [
    'later',
    ({ req }: Info, answer: (verified: boolean) => void) => setImmediate(answer, req.headers['x-own'] === 'yes'),
  ],
])("asks what the program's own verifyClient says %s, after the guards", async (_what, verifyClient) => {
  @WebSocketGateway({ verifyClient } as object)
  @UseGuards(LoginGuard)
  class Picky extends Messages {}
  const app = await start(Picky);
  const headers = await handshakeOf(app);
  await expect(ws.open(app.url, { headers: { 'x-own': 'yes' } })).rejects.toMatchObject({ code: 'login_required' });
  expect(await (await ws.open(app.url, { headers: { ...headers, 'x-own': 'yes' } })).ask('who')).toEqual(asAda);
  const refused = new WebSocket(app.url.replace('http', 'ws'), { headers });
  const [error] = (await once(refused, 'error')) as [Error];
  expect(error.message).toBe('Unexpected server response: 401');
});

it('cuts off a socket that came in past the question', async () => {
  @WebSocketGateway()
  @UseGuards(LoginGuard)
  class Hasty extends Messages {
    /** What a program might do. */
    afterInit(server: { options: { verifyClient?: unknown } }): void {
      server.options.verifyClient = undefined;
    }
  }
  const app = await start(Hasty);
  const socket = new WebSocket(app.url.replace('http', 'ws'));
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1006);
});
