import { DeniedError, UnavailableError } from '@latchkey/core';
import { ForbiddenException, Logger } from '@nestjs/common';
import { closeCodeOf, errorBehind, handshakeRefusal, refusalOf } from './refusal.js';

const denied = new DeniedError('login_required', 'for the log', { status: 401, publicMessage: 'Sign in first.' });
const told = { status: 'error', code: 'login_required', message: 'Sign in first.', statusCode: 401 };

it('[R93] tells of an error what everybody may know', () => {
  expect(refusalOf(denied)).toEqual(told);
});

it('finds the error of ours behind what a guard threw', () => {
  expect(errorBehind(denied)).toBe(denied);
  expect(errorBehind(new Error('outside', { cause: denied }))).toBe(denied);
});

it.each([[undefined], [null], ['text'], [new Error('x')], [new Error('x', { cause: new Error('y') })]])(
  'finds none behind %p',
  (thrown) => {
    expect(errorBehind(thrown)).toBeUndefined();
  },
);

it('tells the client nothing of what another guard threw, and the log all of it', () => {
  const logged: unknown[] = [];
  Logger.overrideLogger({ log: () => undefined, warn: () => undefined, error: (what) => void logged.push(what) });
  const thrown = new ForbiddenException('an inner secret');
  expect(handshakeRefusal(thrown)).toEqual({
    status: 'error',
    code: 'forbidden',
    message: 'This connection was refused.',
    statusCode: 403,
  });
  expect(logged).toEqual([thrown]);
  expect(handshakeRefusal(new Error('outside', { cause: denied }))).toEqual(told);
  expect(logged).toHaveLength(1);
});

it.each([
  [denied, 4401],
  [new DeniedError('csrf_refused', 'elsewhere'), 4403],
  [new DeniedError('invalid_request', 'several', { status: 400 }), 4403],
  [new UnavailableError('store_unavailable', 'away'), 1013],
])('%s closes a socket with %i', (error, code) => {
  expect(closeCodeOf(refusalOf(error))).toBe(code);
});
