import { type Type, UseGuards } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { VerifiedToken } from '@latchkey/core';
import { calculateJwkThumbprint } from 'jose';
import { prove } from '../../../core/test/dpop.js';
import { ForeignOp } from '../../../core/test/foreign-op.js';
import { makeKey } from '../../../core/test/keys.js';
import type { App, AppOptions } from '../../test/app.js';
import { startGateways } from '../../test/gateways.js';
import { type Opening, socketIo, type SocketPlatform, type TestSocket, ws } from '../../test/socket-clients.js';
import { AccessToken, callerOf, CurrentUser, loginAs, LoginGuard, LoginOrTokenGuard, RequireScope } from '../index.js';
import { tokenFor, TokenGuard } from '../index.js';

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
    const { session, token } = callerOf(socket) ?? {};
    connected.push({ session: session?.sub ?? null, token: token?.sub ?? null });
  }
  @SubscribeMessage('who')
  who(@CurrentUser('sub') user?: string, @AccessToken() token?: VerifiedToken): object {
    return { event: 'who', data: { user: user ?? null, token: token?.sub ?? null } };
  }
  @SubscribeMessage('write') @RequireScope('orders:write') write(): object {
    return { event: 'write', data: 'done' };
  }
}

@WebSocketGateway()
@UseGuards(TokenGuard)
class Api extends Messages {}

@WebSocketGateway()
@UseGuards(LoginOrTokenGuard)
class Either extends Messages {}

@WebSocketGateway()
@UseGuards(LoginGuard, TokenGuard)
class Both {}

const byToken = { session: null, token: 'ada' };
const bySession = { session: 'ada', token: null };
const asAda = { event: 'who', data: { user: 'ada', token: 'ada' } };
const seconds = (): number => Math.floor(Date.now() / 1000);
/** A token of ada's, that says what a test wants it to say beside. */
const tokenOf = (app: App, claims: object = {}): string =>
  tokenFor(app.nest, { sub: 'ada', scope: 'orders:read', ...claims });

const start = (platform: SocketPlatform, gateway: Type = Api, options: AppOptions = {}): Promise<App> =>
  startGateways(op, { platform, gateways: [gateway], options });

interface Way {
  readonly name: string;
  readonly platform: SocketPlatform;
  readonly openingOf: (authorization: string) => Opening;
  readonly isMessage?: true;
}
const byHeader = (authorization: string): Opening => ({ headers: { authorization } });
const ways: Way[] = [
  { name: 'the header of socket.io', platform: socketIo, openingOf: byHeader },
  {
    name: 'auth.token of socket.io',
    platform: socketIo,
    openingOf: (authorization) => ({ auth: { token: authorization.replace('Bearer ', '') } }),
  },
  {
    name: 'auth.authorization of socket.io',
    platform: socketIo,
    openingOf: (authorization) => ({ auth: { authorization } }),
  },
  { name: 'the header of ws', platform: ws, openingOf: byHeader },
  { name: 'the first message of ws', platform: ws, openingOf: () => ({}), isMessage: true },
];

describe.each(ways)('a token by $name', ({ platform, openingOf, isMessage }) => {
  /** Opens a socket with a token; by a message where that is the way. */
  const open = async (app: App, authorization: string, more: Opening = {}): Promise<TestSocket> => {
    const given = openingOf(authorization);
    const headers = { ...given.headers, ...more.headers };
    const socket = await platform.open(app.url, { ...more, ...given, headers });
    if (isMessage) socket.send('authorization', authorization);
    return socket;
  };
  /** What becomes of an attempt to open one: the code that the client hears. */
  const fate = async (attempt: Promise<TestSocket>): Promise<unknown> =>
    attempt.then(
      (socket) => socket.closed,
      ({ code }: { code: string }) => code,
    );

  it('[R69] [R87] lets the socket in, and every handler know whose it is', async () => {
    const app = await start(platform);
    const socket = await open(app, tokenOf(app));
    expect(await socket.ask('who')).toEqual(asAda);
    expect(await socket.ask('who')).toEqual(asAda);
    expect(connected).toEqual([byToken]);
  });

  it('[R72] [R84] is asked for its scopes message by message', async () => {
    const app = await start(platform);
    const reader = await open(app, tokenOf(app));
    expect(await reader.ask('write')).toMatchObject({ event: 'exception', data: { code: 'insufficient_scope' } });
    expect(await reader.ask('who')).toEqual(asAda);
    const writer = await open(app, tokenOf(app, { scope: 'orders:read orders:write' }));
    expect(await writer.ask('write')).toEqual({ event: 'write', data: 'done' });
  });

  it.each<[what: string, claims: object]>([
    ['has expired', { exp: seconds() - 3600 }],
    ['is for another API', { aud: 'https://other.example' }],
    ['is of another issuer', { iss: 'https://evil.example' }],
  ])('[D12] [R72] is refused that %s', async (_what, claims) => {
    const app = await start(platform);
    expect(await fate(open(app, tokenOf(app, claims)))).toBe('token_refused');
    expect(connected).toEqual([]);
  });

  it('[D12] is refused that is no token', async () => {
    const app = await start(platform);
    expect(await fate(open(app, 'Bearer abc'))).toBe('token_refused');
    expect(await fate(open(app, tokenOf(app).slice(0, -2)))).toBe('token_refused');
    expect(connected).toEqual([]);
  });

  it('ends the socket when it ends', async () => {
    const app = await start(platform);
    const [socket, other] = [await open(app, tokenOf(app, { exp: seconds() + 2 })), await open(app, tokenOf(app))];
    expect(await socket.ask('who')).toEqual(asAda);
    expect(await socket.closed).toBe('token_refused');
    expect(await other.ask('who')).toEqual(asAda);
  });

  it('[RULE 6.1] decides alone where a session would do too, whichever site opened the socket', async () => {
    const app = await start(platform, Either);
    const headers = { cookie: await loginAs(app.nest, { sub: 'grace' }), origin: 'https://evil.example' };
    // In a message it comes too late: the cookie has been looked at by then.
    if (isMessage) return expect(await fate(open(app, tokenOf(app), { headers }))).toBe('csrf_refused');
    const socket = await open(app, tokenOf(app), { headers });
    expect(await socket.ask('who')).toEqual({ event: 'who', data: { user: 'ada', token: 'ada' } });
    expect(connected).toEqual([byToken]);
  });

  it('[R79] that is bound to a key comes with one proof for the whole socket, and with none for a second one', async () => {
    const app = await start(platform, Api, { token: { dpop: true } });
    const key = makeKey('P-256');
    const bearer = tokenOf(app, { cnf: { jkt: await calculateJwkThumbprint(key.jwk) } });
    const token = bearer.replace('Bearer ', '');
    const path = platform === socketIo ? '/socket.io/' : '/';
    const dpop = await prove(key, { url: app.url + path, token, now: seconds() });
    const opening = { headers: { dpop } };
    if (openingOf(bearer).auth?.token !== undefined) {
      // There it has no scheme.
      return expect(await fate(open(app, bearer, opening))).toBe('token_refused');
    }
    const socket = await open(app, `DPoP ${token}`, opening);
    expect(await socket.ask('who')).toEqual(asAda);
    expect(await socket.ask('who')).toEqual(asAda);
    expect(await fate(open(app, `DPoP ${token}`, opening))).toBe('token_refused');
    expect(await fate(open(app, `DPoP ${token}`))).toBe('token_refused');
    expect(await fate(open(app, bearer, opening))).toBe('token_refused');
    expect(await socket.ask('who')).toEqual(asAda);
    expect(connected).toHaveLength(1);
  });
});

describe.each([socketIo, ws])('$name', (platform) => {
  it('[R69] [RULE 6.7] takes no token from the query', async () => {
    const app = await start(platform);
    const token = tokenOf(app).replace('Bearer ', '');
    const opening =
      platform === socketIo
        ? { query: { access_token: token, token, authorization: token } }
        : { at: `?access_token=${token}&authorization=${token}` };
    const attempt = platform.open(app.url, opening).then((socket) => {
      socket.send('who');
      return socket.closed;
    });
    const code = await attempt.catch((error: { code: string }) => error.code);
    expect([code, connected]).toEqual(['token_required', []]);
  });

  it('takes a session in place of a token, of its own pages alone', async () => {
    const app = await start(platform, Either);
    const cookie = await loginAs(app.nest, { sub: 'ada' });
    const socket = await platform.open(app.url, { headers: { cookie, origin: app.url } });
    expect(await socket.ask('who')).toEqual({ event: 'who', data: { user: 'ada', token: null } });
    expect(connected).toEqual([bySession]);
    const forged = platform.open(app.url, { headers: { cookie, origin: 'https://evil.example' } });
    await expect(forged).rejects.toMatchObject({ code: 'csrf_refused', statusCode: 403 });
  });

  it('takes both where both are asked for, and ends with the first of them', async () => {
    const app = await start(platform, Both);
    const cookie = await loginAs(app.nest, { sub: 'ada' });
    const headers = { cookie, origin: app.url, authorization: tokenOf(app, { exp: seconds() + 2 }) };
    await expect(platform.open(app.url, { headers: { ...headers, cookie: '' } })).rejects.toMatchObject({
      code: 'login_required',
    });
    expect(await (await platform.open(app.url, { headers })).closed).toBe('token_refused');
  });
});

it('[R70] socket.io: a token in two places is refused', async () => {
  const app = await start(socketIo);
  const authorization = tokenOf(app);
  const attempt = socketIo.open(app.url, { headers: { authorization }, auth: { authorization } });
  await expect(attempt).rejects.toMatchObject({ code: 'invalid_request', statusCode: 400 });
});

it.each([{ token: 5 }, { token: {} }, { authorization: ['Bearer abc'] }, {}])(
  'socket.io: %j is no token',
  async (auth) => {
    const app = await start(socketIo);
    await expect(socketIo.open(app.url, { auth })).rejects.toMatchObject({ code: 'token_required', statusCode: 401 });
  },
);
