import type { JWK } from 'jose';
import { makeKey, type TestKey } from '../../../packages/core/test/keys.js';

/** Keys take long to make, so a process makes each once. */
const made = new Map<string, TestKey>();

function key(kind: string, number: number, members: JWK): TestKey {
  const name = `${kind}-${number}-${members.use}`;
  const known = made.get(name) ?? makeKey(kind);
  made.set(name, known);
  return { ...known, jwk: { ...known.jwk, ...members } };
}

function signing(kind: string, number: number, kid?: string): TestKey {
  return key(kind, number, { use: 'sig', ...(kid !== undefined && { kid }) });
}

function encrypting(generation: number, withKid: boolean): TestKey[] {
  const kid = (name: string): JWK => (withKid ? { kid: `${name}-${generation}` } : {});
  return [
    key('RSA', generation, { use: 'enc', alg: 'RSA-OAEP', ...kid('rsa-enc') }),
    key('P-256', generation, { use: 'enc', alg: 'ECDH-ES', ...kid('ec-enc') }),
  ];
}

const kinds = ['RSA', 'P-256', 'secp256k1', 'Ed25519'];

/** What the suite publishes: two RSA keys, two of P-256, one secp256k1, one Ed25519, two to encrypt; none to sign has `alg`. */
export function keySet(generation: number): readonly TestKey[] {
  const named = (kind: string, number: number): TestKey => signing(kind, number, `${kind}-${number}`);
  const [first, second] = [2 * generation, 2 * generation + 1];
  return [
    ...['RSA', 'P-256'].flatMap((kind) => [named(kind, first), named(kind, second)]),
    ...['secp256k1', 'Ed25519'].map((kind) => named(kind, first)),
    ...encrypting(generation, true),
  ];
}

/** One key of each kind, without `kid`. */
export function oneOfEach(generation: number): readonly TestKey[] {
  return [...kinds.map((kind) => signing(kind, generation)), ...encrypting(generation, false)];
}

/** Three keys of each kind, without `kid`. */
export function threeOfEach(generation: number): readonly TestKey[] {
  const numbers = [0, 1, 2].map((number) => 3 * generation + number);
  return [...kinds.flatMap((kind) => numbers.map((number) => signing(kind, number))), ...encrypting(generation, false)];
}

/** The keys of an OP, which it may replace. */
export class KeyRing {
  readonly #source: (generation: number) => readonly TestKey[];
  #generation = 0;

  constructor(source = keySet) {
    this.#source = source;
  }

  get current(): readonly TestKey[] {
    return this.#source(this.#generation);
  }

  rotate(): void {
    this.#generation++;
  }

  /** The key that signs by an algorithm: the last that fits, so that an RP without a `kid` has to look for it. */
  signingKey(alg: string): TestKey {
    const [kty, crv] = alg === 'EdDSA' ? ['OKP', 'Ed25519'] : alg.startsWith('ES') ? ['EC', 'P-256'] : ['RSA'];
    const found = this.current.findLast(({ jwk }) => jwk.use === 'sig' && jwk.kty === kty && jwk.crv === crv);
    if (!found) throw new Error(`This OP has no key for ${alg}.`);
    return found;
  }
}
