import { EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { refusal } from '../../../core/test/refusal.js';
import { noteCall } from '../calls.js';
import { OidcRegistry } from '../registry.js';
import { channelOf, findChannel } from './channel.js';
import { GraphqlChannel } from './graphql-channel.js';
import { HttpChannel } from './http-channel.js';
import { RpcChannel } from './rpc-channel.js';
import { WsChannel } from './ws-channel.js';

it('is one of HTTP, on a request of either framework', () => {
  const raw = {};
  for (const request of [raw, { raw }]) {
    const channel = channelOf(new ExecutionContextHost([request, {}]));
    expect(channel).toBeInstanceOf(HttpChannel);
    expect(channel.key).toBe(raw);
  }
});

it('is one of each kind that Nest knows', () => {
  const request = new IncomingMessage(new Socket());
  const response = Object.assign(new ServerResponse(request), { header: () => undefined });
  noteCall(request, { registry: new OidcRegistry(), response });
  const [extra, socket] = [
    { request, socket: Object.assign(new EventEmitter(), {}) },
    { request, handshake: { auth: {} }, disconnect: () => undefined },
  ];
  const made = (kind: string, args: unknown[]): unknown => {
    const host = new ExecutionContextHost(args);
    host.setType(kind);
    expect(findChannel(host)).toBeInstanceOf(channelOf(host).constructor);
    return channelOf(host).constructor;
  };
  expect(made('graphql', [{}, {}, { req: request }, {}])).toBe(GraphqlChannel);
  expect(made('graphql', [{}, {}, { req: { raw: request } }, {}])).toBe(GraphqlChannel);
  expect(made('graphql', [{}, { req: { extra } }, {}])).toBe(GraphqlChannel);
  expect(made('ws', [socket, {}])).toBe(WsChannel);
  expect(made('rpc', [{}, {}])).toBe(RpcChannel);
});

it.each<[kind: string, args: unknown[]]>([
  ['graphql', [{}, {}, {}, {}]],
  ['graphql', [{}, {}, undefined, {}]],
  ['graphql', [{}, {}, { req: new IncomingMessage(new Socket()) }, {}]],
  ['graphql', [{}, {}, { req: { extra: {} } }, {}]],
  ['ws', [{}, {}]],
  ['ws', [undefined, {}]],
  ['ws', [{ readyState: 1, terminate: () => undefined }, {}]],
  ['HTTP', [{}, {}]],
  ['__proto__', [{}, {}]],
  ['carrier pigeon', [{}, {}]],
])('[R87] [D12] is none of %s where nothing is known of %j', async (kind, args) => {
  const host = new ExecutionContextHost(args);
  host.setType(kind);
  expect(await refusal(() => channelOf(host))).toMatchObject({ code: 'unknown_context', status: 403 });
  expect(findChannel(host)).toBeUndefined();
});
