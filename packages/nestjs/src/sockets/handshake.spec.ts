import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { OidcClient } from '@latchkey/core';
import { secret } from '../../test/app.js';
import { authorizationOf, Handshake } from './handshake.js';

/** A handshake with these headers, and what came in place of `Authorization`. */
function handshake(headers: Record<string, string> = {}, authorization?: string): Handshake {
  const request = Object.assign(new IncomingMessage(new Socket()), { url: '/live?a=1', method: 'GET' });
  Object.assign(request.headers, headers);
  request.rawHeaders.push(...Object.entries(headers).flat());
  return new Handshake(request, authorization);
}

it('is the request that a socket began with', () => {
  const { method, target, header, headerCount } = handshake({ origin: 'https://app.example' });
  expect([method, target, header('origin'), header('dpop')]).toEqual([
    'GET',
    '/live?a=1',
    'https://app.example',
    undefined,
  ]);
  expect([headerCount('origin'), headerCount('authorization')]).toEqual([1, 0]);
});

it('[RULE 6.7] takes what the client sent in place of the header, or the header', () => {
  expect(handshake({ authorization: 'Bearer a' }).header('authorization')).toBe('Bearer a');
  const sent = handshake({}, 'Bearer b');
  expect([sent.header('authorization'), sent.headerCount('authorization')]).toEqual(['Bearer b', 1]);
  sent.authorization = 'Bearer c';
  expect(sent.header('authorization')).toBe('Bearer c');
});

it('[R70] counts credentials in both places as several', () => {
  expect(handshake({ authorization: 'Bearer a' }, 'Bearer b').headerCount('authorization')).toBe(2);
});

it('makes a visit for each call', () => {
  const options = {
    issuer: 'https://op.example',
    clientId: 'app',
    baseUrl: 'https://app.example',
    session: { secret },
  };
  const client = new OidcClient(options);
  const shake = handshake({ cookie: 'a=1' });
  const visit = shake.visit(client);
  expect(visit.header('cookie')).toBe('a=1');
  expect(shake.visit(client)).not.toBe(visit);
});

it.each<[members: unknown, names: string[], value: string | undefined]>([
  [{ token: 'a' }, ['token'], 'a'],
  [{ authorization: 'b', Authorization: 'c' }, ['Authorization', 'authorization'], 'c'],
  [{ authorization: 'b' }, ['Authorization', 'authorization'], 'b'],
  [{ token: ['a'] }, ['token'], undefined],
  [{ token: { toString: 'a' } }, ['token'], undefined],
  [{}, ['constructor'], undefined],
  [null, ['token'], undefined],
  ['token', ['length'], undefined],
  [undefined, ['token'], undefined],
])('[R94] of %j, %j is %p', (members, names, value) => {
  expect(authorizationOf(members, ...names)).toBe(value);
});
