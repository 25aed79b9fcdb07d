import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeniedError, UnavailableError } from '@latchkey/core';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { WebSocket, WebSocketServer } from 'ws';
import { isSocketIo, isWs, ofSocketIo, ofWs, type SocketIoSocket } from './open-sockets.js';

const denied = new DeniedError('login_required', 'for the log', { status: 401, publicMessage: 'Sign in first.' });
const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

/** Both ends of a connection of ws. */
async function wsPair(): Promise<{ server: WebSocket; client: WebSocket }> {
  const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(wss, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(wss.address() as AddressInfo).port}`);
  ends.push(
    () => client.terminate(),
    () => wss.close(),
  );
  const [[server]] = await Promise.all([once(wss, 'connection') as Promise<[WebSocket]>, once(client, 'open')]);
  return { server, client };
}

it('tells sockets of both libraries from everything else', async () => {
  const { server } = await wsPair();
  expect([isWs(server), isSocketIo(server)]).toEqual([true, false]);
  for (const other of [undefined, null, {}, 'text', { readyState: 1 }, { handshake: {}, request: {} }])
    expect([isWs(other), isSocketIo(other)]).toEqual([false, false]);
});

describe('ws', () => {
  it.each([
    [denied, 4401],
    [new DeniedError('csrf_refused', 'elsewhere'), 4403],
    [new UnavailableError('store_unavailable', 'away'), 1013],
  ])('%s closes it with %i and the code', async (error, code) => {
    const { server, client } = await wsPair();
    const closed = once(client, 'close') as Promise<[number, Buffer]>;
    ofWs(server).close(error);
    const [came, reason] = await closed;
    expect([came, String(reason)]).toEqual([code, error.code]);
  });

  it('hears nothing of a client that does not close, and cuts it off', async () => {
    const { server, client } = await wsPair();
    const heard: unknown[] = [];
    server.on('message', (data) => heard.push(data));
    client.pause(); // it never learns that it shall close
    const gone = once(server, 'close');
    ofWs(server).close(denied);
    client.send('more');
    await gone;
    expect(heard).toEqual([]);
  });

  it('tells once that it is closed', async () => {
    const { server, client } = await wsPair();
    let times = 0;
    ofWs(server).onClose(() => times++);
    const gone = once(server, 'close');
    client.close();
    await gone;
    expect(times).toBe(1);
  });
});

it('socket.io: says why, then closes', async () => {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server = new Server(http);
  const connected = new Promise<SocketIoSocket>((resolve) => void server.on('connection', resolve));
  const client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ['websocket'] });
  ends.push(
    () => client.close(),
    () => void server.close(),
  );
  const socket = await connected;
  expect([isSocketIo(socket), isWs(socket)]).toEqual([true, false]);
  const open = ofSocketIo(socket);
  const closed = new Promise<void>((resolve) => open.onClose(resolve));
  const said = new Promise((resolve) => client.once('exception', resolve));
  const gone = new Promise((resolve) => client.once('disconnect', resolve));
  open.close(denied);
  expect(await said).toEqual({ status: 'error', code: 'login_required', message: 'Sign in first.', statusCode: 401 });
  expect(await gone).toBe('io server disconnect');
  await closed;
});
