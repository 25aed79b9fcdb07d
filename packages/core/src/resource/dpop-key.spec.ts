import { makeKey } from '../../test/keys.js';
import { thumbprintOf } from '../keys/thumbprint.js';
import { proofKey } from './dpop-key.js';

describe('proofKey', () => {
  it('imports a key once', () => {
    const { jwk } = makeKey('P-256');
    const key = proofKey(jwk, thumbprintOf(jwk));
    expect(key?.type).toBe('public');
    expect(proofKey({ ...jwk }, thumbprintOf(jwk))).toBe(key);
  });

  it('gives no key for members that are none, and keeps nothing of them', () => {
    const { jwk } = makeKey('P-256');
    expect(proofKey({ ...jwk, x: 'AAAA' }, 'a thumbprint')).toBeUndefined();
    expect(proofKey(jwk, 'a thumbprint')?.type).toBe('public');
  });

  it('keeps a bounded number [R88]', () => {
    const { jwk } = makeKey('RSA');
    const first = proofKey(jwk, 'first');
    for (let i = 0; i < 9_999; i++) proofKey(jwk, `key ${i}`);
    const again = proofKey(jwk, 'key 9998');
    expect(proofKey(jwk, 'key 9998')).toBe(again);
    proofKey(jwk, 'one more');
    expect(proofKey(jwk, 'first')).not.toBe(first);
  });
});
