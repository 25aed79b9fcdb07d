import type { IncomingMessage } from 'node:http';
import type { Pass } from '../calls.js';
import { Connection } from './connection.js';
import { authorizationOf, Handshake } from './handshake.js';
import { isSocketIo, ofSocketIo, ofWs, tellExceptions, type SocketIoSocket, type WsSocket } from './open-sockets.js';

const connections = new WeakMap<object, Connection>();

/** The connection of a client of a gateway: a socket, or the request of one whose handshake is under way. */
export function connectionOf(client: unknown): Connection | undefined {
  if (typeof client !== 'object' || client === null) return undefined;
  return connections.get(client) ?? (isSocketIo(client) ? beginSocketIo(client) : undefined);
}

/** A client sends `auth: { token }`, or `auth: { authorization }` with the scheme. */
function beginSocketIo(socket: SocketIoSocket): Connection {
  const { auth } = socket.handshake;
  const token = authorizationOf(auth, 'token');
  const bearer = token === undefined ? undefined : `Bearer ${token}`;
  return note(socket, new Handshake(socket.request, authorizationOf(auth, 'authorization') ?? bearer));
}

/** The handshake of a socket of ws. */
export function beginWs(request: IncomingMessage): Connection {
  return connections.get(request) ?? note(request, new Handshake(request));
}

export function openSocketIo(socket: SocketIoSocket): Promise<void> {
  return (connections.get(socket) ?? beginSocketIo(socket)).open(ofSocketIo(socket));
}

export function openWs(socket: WsSocket, request: IncomingMessage): Promise<void> {
  const connection = beginWs(request);
  connections.set(socket, connection);
  tellExceptions(socket);
  return connection.open(ofWs(socket));
}

/** What the first message of a socket of ws said in place of the header `Authorization`. */
export function nameCredentials(socket: WsSocket, authorization: string | undefined): void {
  const connection = connections.get(socket);
  if (connection) connection.handshake.authorization = authorization;
}

/** The connection of graphql-ws, which is open when the first operation comes; `Authorization` is what its clients write. */
export function graphqlConnection({ extra, connectionParams }: GraphqlWsContext): Connection {
  const known = connections.get(extra.request);
  if (known) return known;
  const authorization = authorizationOf(connectionParams, 'Authorization', 'authorization');
  const connection = note(extra.request, new Handshake(extra.request, authorization));
  void connection.open(ofWs(extra.socket));
  return connection;
}

/** What we use of the context that graphql-ws keeps of a connection. */
export interface GraphqlWsContext {
  readonly connectionParams?: unknown;
  readonly extra: { readonly request: IncomingMessage; readonly socket: WsSocket };
}

function note(key: object, handshake: Handshake): Connection {
  const connection = new Connection(handshake);
  connections.set(key, connection);
  return connection;
}

/**
 * Who a socket of a gateway was let in for, by its session or its access token; for `handleConnection`, where Nest has no
 * parameter decorators. Undefined where no guard was asked.
 * @example handleConnection(socket: Socket) { socket.join(callerOf(socket)?.session?.sub); }
 */
export function callerOf(socket: object): Pass | undefined {
  return connectionOf(socket)?.pass;
}
