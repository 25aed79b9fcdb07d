import { type Type, UseFilters, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  DeniedError,
  endSessions,
  type LogoutNotice,
  MemoryStore,
  OidcClient,
  type Session,
  type UserClaims,
} from '@latchkey/core';
import { breakableStore } from '../../../core/test/breakable-store.js';
import { ForeignOp } from '../../../core/test/foreign-op.js';
import { until } from '../../../core/test/machines.js';
import { UserAgent } from '../../../core/test/user-agent.js';
import { type App, type AppOptions, type Build, platforms, secret, signIn, signOut } from '../../test/app.js';
import { handshakeOf, startGateways } from '../../test/gateways.js';
import { type Opening, socketIo, type SocketPlatform, type TestSocket, ws } from '../../test/socket-clients.js';
import { callerOf, CurrentUser, LoginGuard, OidcFilter, OidcSession, Public } from '../index.js';

// The first test has the platforms loaded.
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
    connected.push(callerOf(socket)?.session?.sub ?? null);
  }
  @SubscribeMessage('who')
  who(@CurrentUser() user?: UserClaims, @OidcSession() session?: Session): object {
    return { event: 'who', data: { user: user?.sub ?? null, session: session?.sub ?? null } };
  }
}

@WebSocketGateway()
@UseGuards(LoginGuard)
class Guarded extends Messages {
  @SubscribeMessage('echo') echo(_client: object, data: unknown): object {
    return { event: 'echo', data };
  }
  @SubscribeMessage('fails') @UseFilters(OidcFilter) fails(): never {
    throw new DeniedError('login_refused', 'Expected what is not told.', { publicMessage: 'Not you.' });
  }
}

@WebSocketGateway()
class Open extends Messages {
  @SubscribeMessage('mine') @UseGuards(LoginGuard) mine(_client: object, @CurrentUser('sub') sub: string): object {
    return { event: 'mine', data: sub };
  }
}

@WebSocketGateway()
@Public()
class ForEverybody extends Messages {}

@WebSocketGateway()
class ByMethod extends Messages {
  @UseGuards(LoginGuard)
  override handleConnection(socket: object): void {
    super.handleConnection(socket);
  }
}

@WebSocketGateway()
@UseGuards(LoginGuard)
class OpenByMethod extends Messages {
  @Public()
  override handleConnection(socket: object): void {
    super.handleConnection(socket);
  }
  @SubscribeMessage('echo') echo(_client: object, data: unknown): object {
    return { event: 'echo', data };
  }
}

@WebSocketGateway()
@UseGuards(LoginGuard)
class WithoutHandler {
  @SubscribeMessage('echo') echo(_client: object, data: unknown): object {
    return { event: 'echo', data };
  }
}

/** A guard of the program's own, on ours. */
class Admins extends LoginGuard {
  override async canActivate(...args: Parameters<LoginGuard['canActivate']>): Promise<boolean> {
    await super.canActivate(...args);
    return false;
  }
}
@WebSocketGateway()
@UseGuards(Admins)
class ForAdmins extends Messages {}

const anonymous = { event: 'who', data: { user: null, session: null } };
const asAda = { event: 'who', data: { user: 'ada', session: 'ada' } };

interface Case {
  readonly name: string;
  readonly platform: SocketPlatform;
  readonly adapter: (typeof platforms)[number]['adapter'];
}
const cases: Case[] = platforms.flatMap(({ name, adapter }) =>
  [socketIo, ws].map((platform) => ({ name: `${platform.name} on ${name}`, platform, adapter })),
);

describe.each(cases)('a gateway, $name', ({ platform, adapter }) => {
  const start = (options: AppOptions = {}, { providers: gateways = [Guarded], ...build }: Build = {}): Promise<App> =>
    startGateways(op, { platform, adapter, gateways: gateways as Type[], options, ...build });
  const open = async (app: App, opening: Opening = {}): Promise<TestSocket> =>
    platform.open(app.url, { headers: await handshakeOf(app), ...opening });

  it('[R87] lets in who is signed in, and tells every handler who it is', async () => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const socket = await open(app, { headers: await handshakeOf(app, agent) });
    expect(connected).toEqual(['ada']);
    expect(await socket.ask('who')).toEqual(asAda);
    expect(await socket.ask('echo', { a: 1 })).toEqual({ event: 'echo', data: { a: 1 } });
  });

  it.each<
    [what: string, headers: (right: Record<string, string>) => Record<string, string>, code: string, status: number]
  >([
    ['nobody', ({ origin = '' }) => ({ origin }), 'login_required', 401],
    [
      'a cookie that is none of ours',
      ({ cookie = '', ...right }) => ({ ...right, cookie: `${cookie}x` }),
      'login_required',
      401,
    ],
    ['another site with the cookies', (right) => ({ ...right, origin: 'https://evil.example' }), 'csrf_refused', 403],
    ['a page without an origin', (right) => ({ ...right, origin: 'null' }), 'csrf_refused', 403],
    ['a request without Origin', ({ cookie = '' }) => ({ cookie }), 'csrf_refused', 403],
  ])('[D12] [R87] [RULE 6.7] refuses the handshake of %s', async (_what, change, code, statusCode) => {
    const app = await start();
    const headers = change(await handshakeOf(app));
    await expect(platform.open(app.url, { headers })).rejects.toMatchObject({ code, statusCode });
    expect(connected).toEqual([]);
  });

  it('[RULE 6.7] lets in whose origin is listed', async () => {
    const app = await start({ csrf: { origins: ['https://admin.example'] } });
    const { cookie = '' } = await handshakeOf(app);
    const socket = await open(app, { headers: { cookie, origin: 'https://admin.example' } });
    expect(await socket.ask('who')).toEqual(asAda);
  });

  it('[R60] is closed to a user who signed out elsewhere, by a logout token of the OP', async () => {
    const app = await start();
    const other = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    await signIn(agent, op, other);
    const socket = await open(app, { headers: await handshakeOf(app, agent) });
    const bystander = await open(app);
    expect(await socket.ask('who')).toEqual(asAda);
    await signOut(agent, other);
    expect(await socket.closed).toBe('login_required');
    expect(await bystander.ask('who')).toEqual(asAda);
  });

  it('is closed to a user who signs out here', async () => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const socket = await open(app, { headers: await handshakeOf(app, agent) });
    await app.post(agent, `${app.url}/auth/logout`);
    expect(await socket.closed).toBe('login_required');
    await expect(open(app, { headers: await handshakeOf(app, agent) })).rejects.toMatchObject({
      code: 'login_required',
    });
  });

  it('[R45] is closed at the end of the life of a session, whether messages come or not', async () => {
    const app = await start({ session: { idle: false, absolute: 1 } });
    expect(await (await open(app)).closed).toBe('login_required');
  });

  it('[R63] is closed by a logout that another process carried out, where sessions are in cookies too', async () => {
    for (const cookie of [{}, { sealed: true }]) {
      const store = new MemoryStore();
      const app = await start({ session: { store, cookie } });
      const socket = await open(app);
      const { issuer, clientId } = app.client.ref;
      const elsewhere = new OidcClient({ issuer, clientId, baseUrl: app.url, session: { secret, store, cookie } });
      const iat = Math.floor(Date.now() / 1000);
      await endSessions(elsewhere, { client: elsewhere.ref, sub: 'ada', iat }, 'back_channel');
      expect(await socket.closed).toBe('login_required');
    }
  });

  it('[R46] refuses while the store is away, and says that it is not the caller', async () => {
    const store = breakableStore();
    const app = await start({ session: { store } });
    const [headers, socket] = [await handshakeOf(app), await open(app)];
    store.down.add('all');
    await expect(platform.open(app.url, { headers })).rejects.toMatchObject({
      code: 'store_unavailable',
      statusCode: 503,
    });
    expect(await socket.ask('who')).toMatchObject({ event: 'exception', data: { code: 'store_unavailable' } });
    store.down.clear();
    expect(await socket.ask('who')).toEqual(asAda);
    // Whoever gets in, but could not be watched, is not kept.
    store.down.add('subscribe');
    const other = await start({ session: { store } });
    const refused = await platform.open(other.url, { headers: await handshakeOf(other) });
    expect(await refused.closed).toBe('store_unavailable');
  });

  it('without a guard lets everybody in; a guard at a message refuses that message, and holds the socket to what it lets pass', async () => {
    const app = await start({}, { providers: [Open] });
    const nobody = await open(app, { headers: { origin: 'https://evil.example' } });
    expect(await nobody.ask('who')).toEqual(anonymous);
    const message = 'You need to sign in first.';
    expect(await nobody.ask('mine')).toEqual({
      event: 'exception',
      data: { status: 'error', code: 'login_required', statusCode: 401, message },
    });
    expect(await nobody.ask('who')).toEqual(anonymous);
    const socket = await open(app);
    expect(await socket.ask('who')).toEqual(asAda);
    expect(await socket.ask('mine')).toEqual({ event: 'mine', data: 'ada' });
    expect(connected).toEqual([null, null]);
    const forged = await open(app, { headers: { ...(await handshakeOf(app)), origin: 'https://evil.example' } });
    expect(await forged.ask('mine')).toMatchObject({ event: 'exception', data: { code: 'csrf_refused' } });
    const { client } = app;
    await endSessions(client, { client: client.ref, sub: 'ada', iat: Math.floor(Date.now() / 1000) }, 'back_channel');
    expect(await socket.closed).toBe('login_required');
    expect(await nobody.ask('who')).toEqual(anonymous);
  });

  it('answers what handlers throw of ours, where the filter stands at them', async () => {
    const socket = await open(await start());
    expect(await socket.ask('fails')).toEqual({
      event: 'exception',
      data: { status: 'error', code: 'login_refused', message: 'Not you.', statusCode: 403 },
    });
    expect(await socket.ask('who')).toEqual(asAda);
  });

  it('asks the guards of the whole application, save where it is for everybody', async () => {
    const guard = { provide: APP_GUARD, useClass: LoginGuard };
    const app = await start({}, { providers: [Open, guard] });
    await expect(platform.open(app.url)).rejects.toMatchObject({ code: 'login_required' });
    expect(await (await open(app)).ask('who')).toEqual(asAda);
    const other = await start({}, { providers: [ForEverybody, guard] });
    expect(await (await open(other, { headers: {} })).ask('who')).toEqual(anonymous);
    expect(await (await open(other)).ask('who')).toEqual(asAda);
  });

  it('asks the guard at its handleConnection, and guards the handshake where it has none, too', async () => {
    for (const gateway of [ByMethod, WithoutHandler]) {
      const app = await start({}, { providers: [gateway] });
      await expect(platform.open(app.url, { headers: { origin: app.url } })).rejects.toMatchObject({
        code: 'login_required',
      });
      await open(app);
    }
    expect(connected).toEqual(['ada']);
  });

  it('lets everybody in where its handleConnection is for everybody, and guards the messages', async () => {
    const app = await start({}, { providers: [OpenByMethod] });
    const nobody = await open(app, { headers: {} });
    expect(await nobody.ask('echo', 1)).toMatchObject({ event: 'exception', data: { code: 'login_required' } });
    expect(await (await open(app)).ask('echo', 1)).toEqual({ event: 'echo', data: 1 });
    expect(connected).toEqual([null, null]);
  });

  it("refuses whom a guard of the program's own refuses, and says no more", async () => {
    const app = await start({}, { providers: [ForAdmins] });
    await expect(open(app)).rejects.toMatchObject({ code: 'forbidden', statusCode: 403 });
    expect(connected).toEqual([]);
  });

  it('shares its place with others only for those whom all let in', async () => {
    const app = await start({}, { providers: [Open, WithoutHandler] });
    await expect(platform.open(app.url)).rejects.toMatchObject({ code: 'login_required' });
    const socket = await open(app);
    expect(await socket.ask('mine')).toEqual({ event: 'mine', data: 'ada' });
    expect(await socket.ask('echo', 1)).toEqual({ event: 'echo', data: 1 });
  });

  it('leaves nothing behind when sockets are closed', async () => {
    let listening = 0;
    class Counting extends MemoryStore {
      override async subscribe(listener: (notice: LogoutNotice) => void): Promise<() => Promise<void>> {
        const end = await super.subscribe(listener);
        listening++;
        return async () => {
          listening--;
          await end();
        };
      }
    }
    const app = await start({ session: { store: new Counting() } });
    const sockets = await Promise.all(Array.from({ length: 10 }, () => open(app)));
    for (const socket of sockets) expect(await socket.ask('who')).toEqual(asAda);
    expect(listening).toBe(1);
    for (const socket of sockets) socket.close();
    await until(() => listening === 0);
  });
});
