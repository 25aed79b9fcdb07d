import { ConfigurationError, show } from '../errors.js';

/** The keys that fit an algorithm: `kty`, and `crv` where the key type has curves (RFC 7518, RFC 8037). */
export interface KeyShape {
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly crv?: string;
}

const shapes = new Map<string, KeyShape>([
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) => [alg, { kty: 'RSA' }] as const),
  ['ES256', { kty: 'EC', crv: 'P-256' }],
  ['ES384', { kty: 'EC', crv: 'P-384' }],
  ['ES512', { kty: 'EC', crv: 'P-521' }],
  ['EdDSA', { kty: 'OKP', crv: 'Ed25519' }],
  ['Ed25519', { kty: 'OKP', crv: 'Ed25519' }], // RFC 9864's name for the same signature
]);

/** The asymmetric signature algorithms that are supported. */
export const asymmetricAlgorithms: readonly string[] = [...shapes.keys()];
/** The symmetric ones: only ever configured, and only with the client's secret. */
export const symmetricAlgorithms: readonly string[] = ['HS256', 'HS384', 'HS512'];

/** The shape of the keys that verify an asymmetric algorithm; nothing where we do not support it. */
export function keyShape(alg: string): KeyShape | undefined {
  return shapes.get(alg);
}

/** Whether we can verify an algorithm at all, asymmetric or symmetric; `none` never. */
export function isSupported(alg: string): boolean {
  return shapes.has(alg) || symmetricAlgorithms.includes(alg);
}

/** What an algorithm is pinned by. */
export interface PinOptions {
  /** What the program configured. */
  configured?: string | undefined;
  /** What the OP's metadata lists, `id_token_signing_alg_values_supported`. */
  supported?: readonly string[] | undefined;
  /** The option that a failure names; `idTokenSignedResponseAlg` by default. */
  option?: string;
}

/**
 * The one algorithm that an issuer's ID tokens, logout tokens and JARM responses may be signed with: the configured
 * one, else the only asymmetric one of the metadata, else RS256. HS* and `none` are never taken from metadata.
 *
 * @throws {ConfigurationError} `unsupported_algorithm`, naming the option.
 * @see [RFC 8725, section 3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)
 */
export function pinAlgorithm({ configured, supported, option = 'idTokenSignedResponseAlg' }: PinOptions): string {
  if (configured !== undefined) {
    if (isSupported(configured)) return configured;
    const known = [...asymmetricAlgorithms, ...symmetricAlgorithms].join(', ');
    throw unsupported(`${option}: expected one of ${known}, came ${show(configured)}`);
  }
  if (!supported?.length) return 'RS256';
  const asymmetric = supported.filter((alg) => shapes.has(alg));
  if (asymmetric.length === 1) return asymmetric[0]!;
  if (asymmetric.length > 1) return 'RS256';
  const remedy = `set ${option} to the one that the client is registered with`;
  throw unsupported(`expected an asymmetric algorithm in the OP's metadata, came ${show(supported)}; ${remedy}`);
}

function unsupported(message: string): ConfigurationError {
  return new ConfigurationError('unsupported_algorithm', message);
}
