import { ConfigurationError, DeniedError, UnavailableError } from '@latchkey/core';
import { GraphqlException } from './graphql-exception.js';

it.each([
  [new DeniedError('login_required', 'why', { status: 401 }), 'UNAUTHENTICATED'],
  [new DeniedError('csrf_refused', 'why'), 'FORBIDDEN'],
  [new DeniedError('invalid_request', 'why', { status: 400 }), 'BAD_REQUEST'],
  [new UnavailableError('store_unavailable', 'why'), 'INTERNAL_SERVER_ERROR'],
  [new ConfigurationError('invalid_option', 'why'), 'INTERNAL_SERVER_ERROR'],
])('[R93] tells of %s as %s, with the reason and without what is for the log alone', (error, code) => {
  const exception = new GraphqlException(error);
  expect(exception.extensions).toEqual({ code, reason: error.code, status: error.status });
  expect(exception.message).toBe(error.publicMessage);
  expect(exception.message).not.toContain('why');
  expect(exception.cause).toBe(error);
});
