import { hash, X509Certificate } from 'node:crypto';

/**
 * How proxies write a client's certificate into a header:
 * - `pem-urlencoded`: PEM, percent-encoded: nginx's `$ssl_client_escaped_cert`
 * - `xfcc`: Envoy's `X-Forwarded-Client-Cert` with one element, by its `Hash`
 * - `rfc9440`: `Client-Cert`, the DER in base64 between colons
 */
export type CertificateFormat = 'pem-urlencoded' | 'xfcc' | 'rfc9440';

/** Reads the one certificate in a header's value, and returns its thumbprint; nothing where there is none, or a second. */
export const certificateFormats: Readonly<Record<CertificateFormat, (value: string) => string | undefined>> = {
  'pem-urlencoded': fromPem,
  xfcc: fromElement,
  rfc9440: fromBytes,
};

const maxLength = 65_536;
const pem = /^-----BEGIN CERTIFICATE-----\r?\n[\w+/=\r\n]+-----END CERTIFICATE-----\s*$/;
const sfBinary = /^:([\w+/]+={0,2}):$/;
// Pairs with quotes around what has separators in it; a comma outside quotes would begin a second element.
const pair = /([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;=]*))(;|$)/iy;

function fromPem(value: string): string | undefined {
  if (value.length > maxLength || /[^\w%.~!*'()/+=-]/.test(value)) return undefined;
  const text = decoded(value);
  return text !== undefined && pem.test(text) ? thumbprintOf(text) : undefined;
}

/** [RFC 9440 section 2.2](https://www.rfc-editor.org/rfc/rfc9440#section-2.2) */
function fromBytes(value: string): string | undefined {
  const encoded = value.length > maxLength ? undefined : sfBinary.exec(value.trim())?.[1];
  return encoded === undefined ? undefined : thumbprintOf(Buffer.from(encoded, 'base64'));
}

/** [Envoy: x-forwarded-client-cert](https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert) */
function fromElement(value: string): string | undefined {
  if (value.length > maxLength) return undefined;
  let digest: string | undefined;
  pair.lastIndex = 0;
  while (pair.lastIndex < value.length) {
    const [whole, name = '', , plain = ''] = pair.exec(value) ?? [];
    if (whole === undefined) return undefined;
    if (name.toLowerCase() !== 'hash') continue;
    if (digest !== undefined || !/^[\da-f]{64}$/i.test(plain)) return undefined;
    digest = Buffer.from(plain, 'hex').toString('base64url');
  }
  return digest;
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function thumbprintOf(certificate: string | Uint8Array): string | undefined {
  try {
    return hash('sha256', new X509Certificate(certificate).raw, 'base64url');
  } catch {
    return undefined;
  }
}
