import { ConfigurationError } from '../errors.js';
import { asymmetricAlgorithms, isSupported, keyShape, pinAlgorithm } from './algorithms.js';

describe('[R29] [RULE 5.3] the pinned algorithm', () => {
  it.each([
    ['nothing is known', undefined, undefined, 'RS256'],
    ['the metadata lists nothing', undefined, [], 'RS256'],
    ['it is configured', 'ES384', ['RS256'], 'ES384'],
    ['HS256 is configured', 'HS256', ['HS256'], 'HS256'],
    ['the metadata lists one', undefined, ['ES256'], 'ES256'],
    ['the metadata lists one asymmetric', undefined, ['none', 'HS256', 'PS256'], 'PS256'],
    ['the metadata lists several', undefined, ['ES256', 'RS256', 'none'], 'RS256'],
    [
      'the metadata lists all that the suite does',
      undefined,
      ['none', ...asymmetricAlgorithms, 'ES256K', 'HS256'],
      'RS256',
    ],
  ])('%s', (_name, configured, supported, expected) => {
    expect(pinAlgorithm({ configured, supported })).toBe(expected);
  });

  it.each([
    [['HS256']],
    [['HS256', 'HS512', 'none']],
    [['none']], // [R30]
    [['ES256K']],
  ])('takes none of %j from metadata, and names the option', (supported) => {
    const pin = (): string => pinAlgorithm({ supported, option: 'userinfoSignedResponseAlg' });
    expect(pin).toThrow(ConfigurationError);
    expect(pin).toThrow(/userinfoSignedResponseAlg/);
  });

  it.each(['none', 'None', 'ES256K', 'toString', ''])('[R30] cannot be configured as "%s"', (configured) => {
    expect(isSupported(configured)).toBe(false);
    expect(() => pinAlgorithm({ configured })).toThrow(/^idTokenSignedResponseAlg: expected one of RS256, /);
  });
});

it('knows the shape of every asymmetric algorithm, and of no other', () => {
  expect(asymmetricAlgorithms.map((alg) => keyShape(alg)?.kty).join(' ')).toBe(
    'RSA RSA RSA RSA RSA RSA EC EC EC OKP OKP',
  );
  expect(keyShape('HS256')).toBeUndefined();
  expect(keyShape('none')).toBeUndefined();
});
