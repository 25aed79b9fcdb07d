import { EventEmitter } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { DeniedError, OidcClient } from '@latchkey/core';
import { Logger } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { WsException } from '@nestjs/websockets';
import { refusal } from '../../../core/test/refusal.js';
import { secret } from '../../test/app.js';
import { beginWs, openWs } from '../sockets/connections.js';
import type { WsSocket } from '../sockets/open-sockets.js';
import { WsChannel } from './ws-channel.js';

beforeAll(() => void Logger.overrideLogger(false));

const client = new OidcClient({
  issuer: 'https://op.example',
  clientId: 'app',
  baseUrl: 'https://app.example',
  session: { secret },
});
const request = (): IncomingMessage => Object.assign(new IncomingMessage(new Socket()), { url: '/', method: 'GET' });
const channelOf = (socket: object): WsChannel => new WsChannel(new ExecutionContextHost([socket, {}]));

it('[R87] [D12] is none of a socket whose handshake nobody has seen', async () => {
  expect(await refusal(() => channelOf({}))).toMatchObject({ code: 'unknown_context', status: 403 });
});

it('is of a socket, or of the request of its handshake', async () => {
  const socket: unknown = Object.assign(new EventEmitter(), { readyState: 1 });
  const asked = request();
  const { handshake } = beginWs(asked);
  await openWs(socket as WsSocket, asked);
  for (const each of [asked, socket as WsSocket]) {
    const channel = channelOf(each);
    expect(channel.key).toBe(each);
    expect(channel.apiRequest).toBe(handshake);
  }
});

it('has no session where no cookie came', async () => {
  const asked = request();
  beginWs(asked);
  await expect(channelOf(asked).session(client)).rejects.toMatchObject({ code: 'login_required' });
});

it('tells the client what everybody may know', async () => {
  const asked = request();
  beginWs(asked);
  const error = new DeniedError('csrf_refused', 'for the log', { publicMessage: 'Not from there.' });
  const exception = await channelOf(asked).exceptionOf(error);
  expect(exception).toBeInstanceOf(WsException);
  expect((exception as WsException).getError()).toEqual({
    status: 'error',
    code: 'csrf_refused',
    message: 'Not from there.',
    statusCode: 403,
  });
  expect(exception.cause).toBe(error);
});
