import { makeKey } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import { optionsFor, type PartyOptions } from '../../test/relying-party.js';
import { credentialsOf, decryptionOf, renewed, type Credentials } from './credentials.js';

const [one, two] = [makeKey('P-256').privateKey, makeKey('P-256').privateKey];
const [three, four] = [makeKey('RSA').privateKey, makeKey('RSA').privateKey];
const withNeither: PartyOptions = { clientSecret: undefined };

const credentials = (options: PartyOptions = {}): Credentials =>
  credentialsOf(optionsFor('https://op.example', 'https://app.example', options));

describe('[R96] refuses options that contradict each other', () => {
  it.each<[options: PartyOptions, message: string]>([
    [
      { ...withNeither, clientAuthMethod: 'client_secret_post' },
      'clientSecret: expected a text, since clientAuthMethod is client_secret_post, came nothing',
    ],
    [
      { clientAuthMethod: 'private_key_jwt' },
      'clientKeys: expected private keys, since clientAuthMethod is private_key_jwt, came nothing',
    ],
    [
      { clientAuthMethod: 'client_secret_basic', clientKeys: [one] },
      'clientKeys: expected nothing, since clientAuthMethod is client_secret_basic, came a list',
    ],
    [
      { clientAssertionAudience: 'token_endpoint' },
      'clientAssertionAudience: expected nothing, since clientAuthMethod is client_secret_basic, came "token_endpoint"',
    ],
    [
      { idTokenSignedResponseAlg: 'RS1' },
      'idTokenSignedResponseAlg: expected an algorithm that is supported, came "RS1"',
    ],
    [
      { ...withNeither, idTokenSignedResponseAlg: 'HS256' },
      'clientSecret: expected a text, since idTokenSignedResponseAlg is HS256, came nothing',
    ],
    [
      { idTokenEncryptedResponseAlg: 'RSA1_5', decryptionKeys: [three] },
      'idTokenEncryptedResponseAlg: expected RSA-OAEP or RSA-OAEP-256 or ECDH-ES or ECDH-ES+A128KW or ECDH-ES+A192KW or ECDH-ES+A256KW, came "RSA1_5"',
    ],
    [
      { idTokenEncryptedResponseAlg: 'RSA-OAEP' },
      'decryptionKeys: expected private keys, since idTokenEncryptedResponseAlg is set, came nothing',
    ],
    [{ routes: { jwks: '/keys' } }, 'routes.jwks: expected nothing, since there are no keys to serve, came "/keys"'],
  ])('%j', async (options, message) => {
    const error = await refusal(() => credentials(options));
    expect(error).toMatchObject({ code: 'invalid_option', message: `Option ${message}.` });
  });
});

it('a secret beside keys stays: HS* needs it', () => {
  expect(credentials({ clientKeys: [one], idTokenSignedResponseAlg: 'HS256' })).toMatchObject({
    clientAuthMethod: 'private_key_jwt',
    clientSecret: 'the-client-secret',
  });
});

it('[R66] an ID token opens with every key, and has to be encrypted where that was agreed on', () => {
  const decryptionKeys = [three, four];
  expect(decryptionOf(credentials({ decryptionKeys }))).toEqual({ decryptionKeys, encryptedBy: undefined });
  expect(decryptionOf(credentials({ decryptionKeys, idTokenEncryptedResponseAlg: 'RSA-OAEP' }))).toEqual({
    decryptionKeys,
    encryptedBy: 'RSA-OAEP',
  });
});

describe('renewed', () => {
  it('replaces what is given, and leaves the rest', () => {
    const old = credentials({ clientKeys: [one], decryptionKeys: [three] });
    const next = renewed(old, { clientKeys: [two, one] });
    expect(next.clientKeys.map(({ key }) => key)).toEqual([two, one]);
    expect({ ...next, clientKeys: old.clientKeys }).toEqual(old);
    expect(renewed(old, { decryptionKeys: [four] }).decryptionKeys.map(({ key }) => key)).toEqual([four]);
    expect(renewed(old, { clientSecret: 'new' })).toEqual({ ...old, clientSecret: 'new' });
  });

  it.each(['clientSecret', 'clientKeys', 'decryptionKeys'] as const)(
    '%s: refuses what replaces nothing',
    async (name) => {
      const old = credentials({ ...withNeither, ...(name === 'clientSecret' && { clientAuthMethod: 'none' }) });
      const given = name === 'clientSecret' ? 'a new secret' : [one];
      const error = await refusal(() => renewed(old, { [name]: given }));
      const message = `Option replaceSecrets.${name}: expected nothing, since this client has none, came one.`;
      expect(error).toMatchObject({ code: 'invalid_option', message });
    },
  );

  it('a key that is none is named', async () => {
    const { privateKey } = makeKey('RSA-1024');
    const error = await refusal(() => renewed(credentials({ clientKeys: [one] }), { clientKeys: [two, privateKey] }));
    expect(error.message).toMatch(/^Option replaceSecrets\.clientKeys\[1\]: expected a private key/);
  });
});
