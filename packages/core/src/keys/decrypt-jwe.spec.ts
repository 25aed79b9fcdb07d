import { generateKeyPairSync } from 'node:crypto';
import { encryptFor, unsigned } from '../../test/keys.js';
import type { ErrorCode } from '../errors.js';
import { decryptJwe } from './decrypt-jwe.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = [ec.privateKey, rsa.privateKey];
const header = { alg: 'RSA-OAEP-256', enc: 'A256GCM' };
const forged = (members: object): string => `${unsigned(members).split('.')[0]!}.AAAA.AAAA.AAAA.AAAA`;

describe('[R31] an encrypted JWT', () => {
  it.each([
    ['RSA-OAEP', 'A128GCM', rsa],
    ['RSA-OAEP-256', 'A256GCM', rsa],
    ['RSA-OAEP-256', 'A128CBC-HS256', rsa],
    ['ECDH-ES', 'A256CBC-HS512', ec],
    ['ECDH-ES+A128KW', 'A192CBC-HS384', ec],
    ['ECDH-ES+A256KW', 'A192GCM', ec],
  ])('is opened by whichever key fits: %s, %s', async (alg, enc, { publicKey }) => {
    expect(await decryptJwe(await encryptFor(publicKey, { alg, enc, cty: 'JWT' }, 'text'), keys)).toBe('text');
  });

  it.each<[string, ErrorCode, string]>([
    ['compressed', 'jwt_alg', forged({ ...header, zip: 'DEF' })],
    ['with RSA1_5', 'jwt_alg', forged({ ...header, alg: 'RSA1_5' })],
    ['with PBES2', 'jwt_alg', forged({ ...header, alg: 'PBES2-HS256+A128KW', p2c: 1e9, p2s: 'AAAA' })],
    ['with dir', 'jwt_alg', forged({ ...header, alg: 'dir' })],
    ['with a shared key', 'jwt_alg', forged({ ...header, alg: 'A256KW' })],
    ['with a signature algorithm', 'jwt_alg', forged({ ...header, alg: 'RS256' })],
    ['with an unknown enc', 'jwt_alg', forged({ ...header, enc: 'A256XTS' })],
    ['without enc', 'jwt_alg', forged({ alg: 'RSA-OAEP' })],
    ['[R28] with crit', 'jwt_crit', forged({ ...header, crit: ['x'] })],
    ['of garbage', 'jwt_key', forged(header)],
    ['of garbage for the curve', 'jwt_key', forged({ ...header, alg: 'ECDH-ES' })],
  ])('is refused %s: %s', async (_name, code, jwe) => {
    await expect(decryptJwe(jwe, keys)).rejects.toMatchObject({ code });
  });

  it('is refused when it is for another, in words that tell nothing more', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const message = 'expected a JWT encrypted for one of 2 keys, came one that none opens';
    await expect(decryptJwe(await encryptFor(publicKey, header, 'text'), keys)).rejects.toThrow(message);
    await expect(decryptJwe(forged(header), keys)).rejects.toThrow(message);
  });
});
