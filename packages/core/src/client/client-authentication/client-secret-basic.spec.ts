import { clientSecretBasic } from './client-secret-basic.js';

it.each([
  ['app', 'secret', 'app:secret'],
  ['a:b', 'c:d', 'a%3Ab:c%3Ad'],
  ['a b', 'c+d', 'a+b:c%2Bd'],
  ['a%b', 'c&d=e', 'a%25b:c%26d%3De'],
  ['https://app.example/', 'é€', 'https%3A%2F%2Fapp.example%2F:%C3%A9%E2%82%AC'],
  ['-._*', "~!'()", '-._*:%7E%21%27%28%29'],
  ['app', '', 'app:'],
])('[R34] id %j and secret %j are sent as %s', (id, secret, credentials) => {
  const { headers, parameters } = clientSecretBasic(id, secret);
  expect(headers.Authorization).toBe(`Basic ${Buffer.from(credentials).toString('base64')}`);
  expect(parameters).toEqual({});
});
