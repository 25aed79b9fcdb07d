import { calculateJwkThumbprint } from 'jose';
import { makeKey } from '../../test/keys.js';
import { thumbprintOf } from './thumbprint.js';

describe('thumbprintOf [R79]', () => {
  it.each(['RSA', 'P-256', 'P-384', 'P-521', 'Ed25519'])(
    'is what jose computes for %s, whatever else the key says',
    async (kind) => {
      const { jwk } = makeKey(kind, { kid: 'x', alg: 'y', use: 'sig' });
      expect(thumbprintOf(jwk)).toBe(await calculateJwkThumbprint(jwk));
      expect(thumbprintOf(Object.fromEntries(Object.entries(jwk).reverse()))).toBe(thumbprintOf(jwk));
    },
  );

  it('is the example of RFC 7638', () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
    const jwk = { kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' };
    expect(thumbprintOf(jwk)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });
});
