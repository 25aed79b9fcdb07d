import { OidcClient, TokenVerifier } from '@latchkey/core';
import { refusal } from '../../core/test/refusal.js';
import { secret } from '../test/app.js';
import { clientVerifier } from './client-verifier.js';

const client = new OidcClient({
  issuer: 'https://op.example',
  clientId: 'app',
  baseUrl: 'https://app.example',
  session: { secret },
});

it('makes none where no tokens are taken', () => {
  expect(clientVerifier(client, undefined)).toBeUndefined();
});

it('fills in what the client knows, and takes what is said', () => {
  const verifier = clientVerifier(client, {});
  expect(verifier).toBeInstanceOf(TokenVerifier);
  expect(verifier?.issuers).toEqual(['https://op.example']);
  expect(verifier?.options).toMatchObject({ audience: 'https://app.example' });
  expect(clientVerifier(client, { audience: 'https://api.example' })?.options.audience).toBe('https://api.example');
});

it.each<[what: string, token: unknown, message: RegExp]>([
  ['what is no object', true, /^Option token: expected an object, came true/],
  ['nothing', null, /^Option token: expected an object, came null/],
  ['an option that does not exist', { audiences: 'x' }, /^Option token\.audiences is unknown/],
  ['an option of another kind', { audience: 5 }, /^Option token\.audience: /],
])('[R96] refuses %s, and names the option', async (_what, token, message) => {
  const error = await refusal(() => clientVerifier(client, token as never));
  expect(error).toMatchObject({ code: 'invalid_option' });
  expect((error as Error).message).toMatch(message);
});
