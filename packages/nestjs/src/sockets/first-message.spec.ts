import { type Type, UseGuards } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { ForeignOp } from '../../../core/test/foreign-op.js';
import type { App } from '../../test/app.js';
import { startGateways } from '../../test/gateways.js';
import { type TestSocket, ws } from '../../test/socket-clients.js';
import { callerOf, CurrentUser, RequireScope, tokenFor, TokenGuard } from '../index.js';

// The first test has the platform loaded.
jest.setTimeout(120_000);

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

/** Who connected, in their order. */
let connected: unknown[];
beforeEach(() => void (connected = []));

class Messages {
  handleConnection(socket: object): void {
    connected.push(callerOf(socket)?.token?.sub);
  }
  @SubscribeMessage('who') who(@CurrentUser('sub') user: string): object {
    return { event: 'who', data: user };
  }
  @SubscribeMessage('write') @RequireScope('orders:write') write(): void {}
}

@WebSocketGateway()
@UseGuards(TokenGuard)
class Api extends Messages {}

/** What a test lets verifications wait for, and what tells it that one waits. */
let gate: { readonly opened: Promise<void>; reached(): void } | undefined;
beforeEach(() => void (gate = undefined));
class Slow extends TokenGuard {
  override async canActivate(...args: Parameters<TokenGuard['canActivate']>): Promise<boolean> {
    gate?.reached();
    await gate?.opened;
    return super.canActivate(...args);
  }
}
@WebSocketGateway()
@UseGuards(Slow)
class Patient extends Messages {}

describe('the first message', () => {
  const start = (gateway: Type = Api): Promise<App> => startGateways(op, { platform: ws, gateways: [gateway] });
  const tokenOf = ({ nest }: App): string => tokenFor(nest, { sub: 'ada' });
  const asAda = { event: 'who', data: 'ada' };

  it.each<[what: string, send: (socket: TestSocket, right: string) => void]>([
    ['another', (socket) => socket.send('who')],
    ['one without a token', (socket) => socket.send('authorization')],
    ['one with another scheme', (socket) => socket.send('authorization', 'Basic YTpi')],
    ['one whose data is no text', (socket, right) => socket.send('authorization', { right })],
    ['one that is too long', (socket, right) => socket.send('authorization', right.padEnd(70_000))],
    ['no JSON', (socket) => socket.sendText('authorization')],
    ['JSON that is nothing', (socket) => socket.sendText('null')],
  ])('is refused that is %s; what follows it is heard by nobody', async (_what, send) => {
    const app = await start();
    const socket = await ws.open(app.url);
    send(socket, tokenOf(app));
    socket.send('authorization', tokenOf(app));
    socket.send('who');
    expect(await socket.closed).toBe('token_required');
    expect(connected).toEqual([]);
  });

  it('lets what follows it be heard once it is known who sent it', async () => {
    const app = await start();
    const socket = await ws.open(app.url);
    socket.send('authorization', tokenOf(app));
    socket.send('who');
    socket.send('write');
    // Handlers may overtake each other.
    const heard = [await socket.next(), await socket.next()];
    expect(heard).toEqual(expect.arrayContaining([asAda, expect.objectContaining({ event: 'exception' })]));
    expect(await socket.ask('who')).toEqual(asAda);
    expect(connected).toEqual(['ada']);
  });

  it('is waited for where the header has credentials of a proxy', async () => {
    const app = await start();
    const socket = await ws.open(app.url, { headers: { authorization: 'Basic YTpi' } });
    socket.send('authorization', tokenOf(app));
    expect(await socket.ask('who')).toEqual(asAda);
  });

  it('is refused where too much follows it before its token is verified', async () => {
    for (const [text, times] of [
      ['{}', 33],
      ['x'.repeat(40_000), 2],
    ] as const) {
      gate = undefined;
      const app = await start(Patient);
      const socket = await ws.open(app.url);
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      const reached = new Promise<void>((resolve) => (gate = { opened, reached: resolve }));
      socket.send('authorization', tokenOf(app));
      await reached;
      for (let n = 0; n < times; n++) socket.sendText(text);
      await socket.ping();
      open();
      expect(await socket.closed).toBe('too_many_messages');
    }
    expect(connected).toEqual([]);
  });
});
