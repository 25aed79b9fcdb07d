import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Controller, type INestMicroservice, Module, UseGuards } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import {
  type ClientTCP,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { DeniedError, type Session, type VerifiedToken } from '@latchkey/core';
import { firstValueFrom } from 'rxjs';
import { breakableStore } from '../../../core/test/breakable-store.js';
import { ForeignOp } from '../../../core/test/foreign-op.js';
import { UserAgent } from '../../../core/test/user-agent.js';
import { App, type AppOptions, type Build, Pages, secret, signIn, signOut, surroundings } from '../../test/app.js';
import {
  AccessToken,
  CurrentUser,
  loginAs,
  LoginGuard,
  LoginOrTokenGuard,
  OidcSession,
  OidcTestingModule,
  Public,
} from '../index.js';
import { RequireScope, tokenFor, TokenGuard } from '../index.js';

// The first test has the transport loaded.
jest.setTimeout(120_000);

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

let emitted: unknown[];
beforeEach(() => void (emitted = []));

@Controller()
@UseGuards(LoginOrTokenGuard)
class Orders {
  @MessagePattern('who') who(
    @CurrentUser('sub') sub: string,
    @OidcSession() session?: Session,
    @AccessToken() token?: VerifiedToken,
  ): object {
    return { user: sub, session: session?.sub ?? null, token: token?.sub ?? null };
  }
  @MessagePattern('data') data(@Payload() data: object): object {
    return { keys: Object.keys(data) };
  }
  @MessagePattern('login') @UseGuards(LoginGuard) login(@CurrentUser('sub') sub: string): string {
    return sub;
  }
  @MessagePattern('token') @UseGuards(TokenGuard) @RequireScope('orders:read') token(
    @AccessToken() token: VerifiedToken,
  ): string {
    return String(token.sub);
  }
  @MessagePattern('anybody') @Public() anybody(@CurrentUser('sub') sub?: string): string {
    return sub ?? 'nobody';
  }
  @MessagePattern('fails') fails(): never {
    throw new DeniedError('login_refused', 'Expected what is not told.', { publicMessage: 'Not you.' });
  }
  @EventPattern('event') event(@CurrentUser('sub') sub: string): void {
    emitted.push(sub);
  }
}

const clients = new Set<ClientTCP>();
const services = new Set<INestMicroservice>();
afterEach(async () => {
  for (const client of clients) client.close();
  for (const service of services) await service.close();
  clients.clear();
  services.clear();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks a service: the answer, or what it refuses with. */
function asking(port: number) {
  const options = { host: '127.0.0.1', port };
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options }) as ClientTCP;
  clients.add(client);
  const ask = (pattern: string, data: unknown = {}): Promise<unknown> =>
    firstValueFrom(client.send<unknown>(pattern, data)).catch((error: unknown) => ({ refused: error }));
  return { ask, client };
}

/** A program with pages that is asked by other services, too. */
async function start(options: AppOptions = {}, build: Build = {}) {
  const token = { secret, audience: 'https://api.example' };
  const app = await App.start(op, surroundings[0]!, { token, ...options }, { controllers: [Pages, Orders], ...build });
  const port = await freePort();
  app.nest.connectMicroservice(
    { transport: Transport.TCP, options: { host: '127.0.0.1', port } },
    { inheritAppConfig: true },
  );
  await app.nest.startAllMicroservices();
  return { app, ...asking(port) };
}

const authorizationOf = ({ nest }: App, claims: object = {}): { authorization: string } => ({
  authorization: tokenFor(nest, { sub: 'ada', scope: 'orders:read', ...claims }),
});

it('[R87] answers whose token came, or whose session', async () => {
  const { app, ask } = await start();
  expect(await ask('who', authorizationOf(app))).toEqual({ user: 'ada', session: null, token: 'ada' });
  expect(await ask('token', authorizationOf(app))).toBe('ada');
  const cookie = await loginAs(app.nest, { sub: 'grace' });
  expect(await ask('who', { cookie })).toEqual({ user: 'grace', session: 'grace', token: null });
  expect(await ask('login', { cookie })).toBe('grace');
  expect(await ask('anybody', { cookie })).toBe('grace');
  expect(await ask('anybody')).toBe('nobody');
  expect(await ask('data', { ...authorizationOf(app), orders: [] })).toEqual({ keys: ['authorization', 'orders'] });
});

it.each<[what: string, pattern: string, data: (app: App) => unknown, refusal: object]>([
  ['nobody', 'who', () => ({}), { code: 'login_required', statusCode: 401, message: 'You need to sign in first.' }],
  ['no data', 'login', () => '', { code: 'login_required', statusCode: 401 }],
  ['a cookie that is none of ours', 'login', () => ({ cookie: 'a=b' }), { code: 'login_required', statusCode: 401 }],
  ['a token where a session is asked for', 'login', (app) => authorizationOf(app), { code: 'login_required' }],
  ['nothing where a token is asked for', 'token', () => ({}), { code: 'token_required', statusCode: 401 }],
  [
    'a token that is none',
    'token',
    () => ({ authorization: 'Bearer abc' }),
    { code: 'token_refused', statusCode: 401 },
  ],
  [
    'a token that has expired',
    'token',
    (app) => authorizationOf(app, { exp: 1 }),
    { code: 'token_refused', statusCode: 401 },
  ],
  [
    'a token that is no text',
    'token',
    (app) => ({ authorization: [[authorizationOf(app)]] }),
    { code: 'token_required' },
  ],
  [
    'a token under another name',
    'token',
    (app) => ({ token: authorizationOf(app).authorization }),
    { code: 'token_required' },
  ],
  [
    'two tokens',
    'token',
    (app) => ({ ...authorizationOf(app), Authorization: 'Bearer abc' }),
    { code: 'invalid_request', statusCode: 400 },
  ],
  [
    'a token that was not granted it',
    'token',
    (app) => authorizationOf(app, { scope: '' }),
    { code: 'insufficient_scope', statusCode: 403 },
  ],
])('[D12] [R87] refuses %s', async (_what, pattern, data, refusal) => {
  const { app, ask } = await start();
  expect(await ask(pattern, data(app))).toEqual({
    refused: expect.objectContaining({ status: 'error', ...refusal }) as unknown,
  });
});

it('[R60] refuses a user whom the OP has signed out in the middle of it', async () => {
  const { app, ask } = await start();
  const { app: other } = await start();
  const agent = new UserAgent();
  await signIn(agent, op, app);
  await signIn(agent, op, other);
  const cookie = agent.cookies(new URL(app.url).hostname);
  expect(await ask('login', { cookie })).toBe('ada');
  await signOut(agent, other);
  expect(await ask('login', { cookie })).toMatchObject({ refused: { code: 'login_required' } });
});

it('[R46] says that it is not the caller where the store is away', async () => {
  const store = breakableStore();
  const { app, ask } = await start({ session: { store } });
  const cookie = await loginAs(app.nest);
  store.down.add('all');
  expect(await ask('login', { cookie })).toMatchObject({ refused: { code: 'store_unavailable', statusCode: 503 } });
});

it('answers what handlers throw of ours, and tells nobody more', async () => {
  const { app, ask } = await start();
  expect(await ask('fails', authorizationOf(app))).toEqual({
    refused: { status: 'error', code: 'login_refused', message: 'Not you.', statusCode: 403 },
  });
});

it('[D12] guards events, which have no answer', async () => {
  const { app, ask, client } = await start();
  client.emit('event', {});
  client.emit('event', authorizationOf(app));
  expect(await ask('who', authorizationOf(app))).toMatchObject({ user: 'ada' });
  expect(emitted).toEqual(['ada']);
});

it('guards a service without pages, as its APP_GUARD says', async () => {
  @Controller()
  class Plain {
    @MessagePattern('plain') plain(@CurrentUser('sub') sub: string): string {
      return sub;
    }
  }
  @Module({
    imports: [OidcTestingModule.forRoot()],
    controllers: [Plain],
    providers: [{ provide: APP_GUARD, useClass: LoginOrTokenGuard }],
  })
  class Service {}
  const port = await freePort();
  const service = await NestFactory.createMicroservice(Service, {
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
    logger: false,
  });
  services.add(service);
  await service.listen();
  const { ask } = asking(port);
  expect(await ask('plain')).toMatchObject({ refused: { code: 'login_required' } });
  expect(await ask('plain', { authorization: tokenFor(service, { sub: 'ada' }) })).toBe('ada');
});
