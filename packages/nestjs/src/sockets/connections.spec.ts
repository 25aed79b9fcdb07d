import { EventEmitter } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { beginWs, callerOf, connectionOf, graphqlConnection, nameCredentials, openWs } from './connections.js';
import type { SocketIoSocket, WsSocket } from './open-sockets.js';

const request = (): IncomingMessage => new IncomingMessage(new Socket());
/** A socket of socket.io as far as it is looked at. */
const socketIo = (auth: unknown): SocketIoSocket =>
  Object.assign(new EventEmitter(), { handshake: { auth }, request: request(), disconnect: () => undefined });
const socket = (): WsSocket => Object.assign(new EventEmitter(), { readyState: 1 }) as never;
const credentialsOf = (client: object): unknown => connectionOf(client)?.handshake.header('authorization');

it.each<[auth: unknown, authorization: string | undefined]>([
  [{ token: 'a' }, 'Bearer a'],
  [{ authorization: 'DPoP b' }, 'DPoP b'],
  [{ authorization: 'DPoP b', token: 'a' }, 'DPoP b'],
  [{ token: 5 }, undefined],
  [{}, undefined],
  [undefined, undefined],
  ['token', undefined],
])('[RULE 6.7] socket.io: of auth %j, the credentials are %p', (auth, authorization) => {
  expect(credentialsOf(socketIo(auth))).toBe(authorization);
});

it('a client has one connection from its handshake on', async () => {
  const client = socketIo({});
  expect(connectionOf(client)).toBe(connectionOf(client));
  const [asked, opened] = [request(), socket()];
  const begun = beginWs(asked);
  expect(connectionOf(asked)).toBe(begun);
  await openWs(opened, asked);
  expect([connectionOf(opened), beginWs(asked)]).toEqual([begun, begun]);
});

it('[RULE 6.7] ws: takes the credentials of the first message', async () => {
  const [asked, opened] = [request(), socket()];
  nameCredentials(opened, 'Bearer x'); // nobody knows it
  await openWs(opened, asked);
  nameCredentials(opened, 'Bearer a');
  expect(credentialsOf(opened)).toBe('Bearer a');
});

it.each<[params: unknown, authorization: string | undefined]>([
  [{ Authorization: 'Bearer a' }, 'Bearer a'],
  [{ authorization: 'Bearer b' }, 'Bearer b'],
  [{ Authorization: ['Bearer a'] }, undefined],
  [undefined, undefined],
])('[RULE 6.7] graphql-ws: of connectionParams %j, the credentials are %p', (connectionParams, authorization) => {
  const extra = { request: request(), socket: socket() };
  const connection = graphqlConnection({ extra, connectionParams });
  expect(connection.handshake.header('authorization')).toBe(authorization);
  expect(graphqlConnection({ extra, connectionParams: { Authorization: 'Bearer other' } })).toBe(connection);
});

it.each([[undefined], [null], ['text'], [{}]])('[R87] %p is no client', (client) => {
  expect(connectionOf(client)).toBeUndefined();
});

it('nobody was let in where no guard was asked', () => {
  expect(callerOf(socketIo({}))).toBeUndefined();
});
