import { type INestApplication, Injectable, Scope, UseGuards, type WebSocketAdapter } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { WebSocketGateway } from '@nestjs/websockets';
import { ForeignOp } from '../../../core/test/foreign-op.js';
import { handshakeOf, startGateways } from '../../test/gateways.js';
import { ws } from '../../test/socket-clients.js';
import { LoginGuard, OidcRegistry, OidcTestingModule } from '../index.js';

// The first test has the platform loaded.
jest.setTimeout(120_000);

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

@WebSocketGateway()
class Plain {}
@WebSocketGateway()
@UseGuards(LoginGuard)
class Guarded {}

@Injectable({ scope: Scope.REQUEST })
class Fleeting extends LoginGuard {}
@WebSocketGateway()
@UseGuards(Fleeting)
class ByFleeting {}

it.each<[what: string, gateway: new () => object, providers: object[]]>([
  ['at the gateway', ByFleeting, []],
  ['of the whole application', Plain, [{ provide: APP_GUARD, useClass: Fleeting }]],
])('does not start with a guard %s that lives for a request alone', async (_what, gateway, providers) => {
  const starting = startGateways(op, { platform: ws, gateways: [gateway], providers: providers as never });
  await expect(starting).rejects.toMatchObject({
    code: 'invalid_option',
    message: expect.stringContaining('Fleeting') as string,
  });
});

it('does not start on a platform whose handshakes cannot be guarded, if there is something to guard', async () => {
  const adapter: WebSocketAdapter & { dispose(): void } = {
    create: () => ({ on: () => undefined }),
    bindClientConnect: () => undefined,
    bindMessageHandlers: () => undefined,
    close: () => undefined,
    dispose: () => undefined,
  };
  const platform = { ...ws, use: (app: INestApplication): void => void app.useWebSocketAdapter(adapter) };
  await startGateways(op, { platform, gateways: [Plain] });
  await expect(startGateways(op, { platform, gateways: [Guarded] })).rejects.toMatchObject({
    code: 'invalid_option',
    message: expect.stringContaining('came Guarded on another platform') as string,
  });
});

it('asks instances: at the gateway, and of the whole application', async () => {
  const registry = new OidcRegistry();
  @WebSocketGateway()
  @UseGuards(new LoginGuard(registry))
  class ByInstance {}
  const surround = (app: INestApplication): void => void app.useGlobalGuards(new LoginGuard(app.get(OidcRegistry)));
  for (const program of [{ gateways: [ByInstance] }, { gateways: [Plain], surround }]) {
    const app = await startGateways(op, { platform: ws, ...program });
    if (program.gateways[0] === ByInstance) registry.add(undefined, app.client);
    await expect(ws.open(app.url)).rejects.toMatchObject({ code: 'login_required' });
    await ws.open(app.url, { headers: await handshakeOf(app) });
  }
});

it('asks what a test has put in the place of a guard', async () => {
  const module = await Test.createTestingModule({ imports: [OidcTestingModule.forRoot()], providers: [Guarded] })
    .overrideGuard(LoginGuard)
    .useValue({ canActivate: () => true })
    .compile();
  const app = module.createNestApplication({ logger: false });
  try {
    app.useWebSocketAdapter(new WsAdapter(app));
    await app.listen(0);
    await ws.open((await app.getUrl()).replace('[::1]', 'localhost'));
  } finally {
    await app.close();
  }
});

it('is heard of its server by its own afterInit, as before', async () => {
  const heard: unknown[] = [];
  @WebSocketGateway()
  @UseGuards(LoginGuard)
  class Told {
    afterInit(server: object): void {
      heard.push(this instanceof Told, 'handleUpgrade' in server);
    }
  }
  await startGateways(op, { platform: ws, gateways: [Told] });
  expect(heard).toEqual([true, true]);
});
