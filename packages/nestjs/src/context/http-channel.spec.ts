import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { DeniedError, OidcClient, UnavailableError } from '@latchkey/core';
import { Logger } from '@nestjs/common';
import { secret } from '../../test/app.js';
import { OidcException } from '../oidc-exception.js';
import { HttpChannel } from './http-channel.js';

beforeAll(() => void Logger.overrideLogger(false));

const client = new OidcClient({
  issuer: 'https://op.example',
  clientId: 'app',
  baseUrl: 'https://app.example',
  session: { secret },
});

/** A channel on Node's own request and response, with what Express adds. */
function channel(headers: Record<string, string> = {}): { channel: HttpChannel; response: ServerResponse } {
  const request = Object.assign(new IncomingMessage(new Socket()), {
    url: '/a?b=c',
    method: 'POST',
    headers,
    rawHeaders: Object.entries(headers).flat(),
    body: { d: 'e' },
  });
  const response = new ServerResponse(request);
  const express = Object.assign(response, {
    header: (name: string, value: string) => response.setHeader(name, value),
    append: (name: string, value: string) => response.appendHeader(name, value),
  });
  return { channel: new HttpChannel(request, express), response };
}

it('has no session where no cookie came, and says that the answer depends on it', async () => {
  const { channel: http, response } = channel();
  await expect(http.session(client)).rejects.toMatchObject({ code: 'login_required' });
  expect(response.getHeader('cache-control')).toBe('private, no-store');
});

it('makes an exception that any filter can answer, with the headers set', async () => {
  const { channel: http, response } = channel();
  response.setHeader('set-cookie', 'own=1');
  const error = new UnavailableError('store_unavailable', 'Expected an answer, came none.');
  const exception = await http.exceptionOf(error, client);
  expect(exception).toBeInstanceOf(OidcException);
  expect(exception).toMatchObject({ error, cause: error });
  expect((exception as OidcException).getStatus()).toBe(503);
  expect((exception as OidcException).getResponse()).toEqual({
    statusCode: 503,
    error: 'store_unavailable',
    message: error.publicMessage,
  });
  expect(response.getHeaders()).toMatchObject({ 'retry-after': '5', 'cache-control': 'private, no-store' });
  expect(response.getHeader('content-type')).toBeUndefined();
  expect(response.getHeader('set-cookie')).toBe('own=1');
});

it('answers in JSON where the application has no client', async () => {
  const { channel: http, response } = channel();
  const headers = { 'WWW-Authenticate': 'Bearer' };
  const error = new DeniedError('login_required', 'Expected a token.', { status: 401, headers });
  const { answer } = (await http.exceptionOf(error)) as OidcException;
  expect([answer.status, await answer.json()]).toEqual([
    401,
    { error: 'login_required', error_description: error.publicMessage },
  ]);
  expect(response.getHeaders()).toMatchObject({ 'www-authenticate': 'Bearer', 'cache-control': 'no-store' });
});

it('is a request to an API, with the body that a parser left and a header for the answer', async () => {
  const { channel: http, response } = channel({ authorization: 'Bearer abc' });
  const { method, target, header, headerCount, body, socket, setHeader } = http.apiRequest;
  expect([method, target, header('authorization'), header('dpop'), body]).toEqual([
    'POST',
    '/a?b=c',
    'Bearer abc',
    undefined,
    { d: 'e' },
  ]);
  expect([headerCount?.('authorization'), headerCount?.('dpop'), socket]).toEqual([1, 0, http.key.socket]);
  setHeader?.('DPoP-Nonce', 'f');
  expect(response.getHeader('dpop-nonce')).toBe('f');
  // It ends by itself.
  await http.hold();
});

it('says nothing more once the answer is under way', async () => {
  const { channel: http, response } = channel();
  response.flushHeaders();
  await expect(http.session(client)).rejects.toMatchObject({ code: 'login_required' });
  expect(response.getHeader('cache-control')).toBeUndefined();
});
