import { hash } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { ConfigurationError, DeniedError, show } from '../errors.js';
import type { HeaderOf } from '../login/intent.js';
import { certificateFormats, type CertificateFormat } from './certificate-header.js';

/** Where client certificates come from beside the TLS connection itself. */
export interface CertificateOptions {
  /** The one header in which a proxy that ends TLS passes the client's certificate on; needs the other two. */
  readonly header?: string | undefined;
  /** How the certificate stands in it. */
  readonly format?: CertificateFormat | undefined;
  /** The proxies that may say so: addresses and networks like `10.0.0.0/8`, as the socket has them. */
  readonly trustedProxies?: readonly string[] | undefined;
}

/** What a request says of its client's certificate: the parts of Node's request that are looked at. */
export interface CertificateRequest {
  /** Reads a header by its lower-case name. */
  readonly header: HeaderOf;
  /** How often a header came; one that came several times may have been joined. */
  readonly headerCount?: ((name: string) => number) | undefined;
  /** The connection that it came over, or what of it is looked at. */
  readonly socket?:
    | {
        /** Where the connection comes from. */
        readonly remoteAddress?: string | undefined;
        /** The certificate that the client has shown, over TLS. */
        getPeerCertificate?(): { readonly raw?: Uint8Array } | null | undefined;
      }
    | undefined;
}

/**
 * Finds the certificate of a request's client: in one configured header where the request comes from a trusted proxy,
 * else in the TLS connection (RULES 6.6). [RFC 8705 section 3](https://www.rfc-editor.org/rfc/rfc8705#section-3)
 */
export class ClientCertificates {
  readonly #header: { readonly name: string; readonly read: (value: string) => string | undefined } | undefined;
  readonly #proxies: BlockList;

  /** @throws ConfigurationError `invalid_option`: one of the three without the others, or none that it could be */
  constructor({ header, format, trustedProxies = [] }: CertificateOptions = {}) {
    this.#proxies = networksOf(trustedProxies);
    const named = [header, format, trustedProxies[0]].filter((each) => each !== undefined);
    if (named.length === 0) return;
    if (header === undefined || format === undefined || named.length < 3)
      throw invalid('mtls', 'header, format and trustedProxies together, or none of them', named);
    if (!/^[\w-]+$/.test(header)) throw invalid('mtls.header', 'the name of a header', header);
    if (!Object.hasOwn(certificateFormats, format))
      throw invalid('mtls.format', `one of ${Object.keys(certificateFormats).join(', ')}`, format);
    this.#header = { name: header.toLowerCase(), read: certificateFormats[format] };
  }

  /**
   * The SHA-256 thumbprint of the certificate, as `cnf.x5t#S256` has it; nothing where there is none. What a trusted
   * proxy's own connection shows is never the client's.
   * @throws DeniedError `invalid_request`: the header came twice, or is none: 400
   */
  thumbprint(request: CertificateRequest): string | undefined {
    const header = this.#header;
    if (header && this.#isTrusted(request.socket?.remoteAddress)) return fromHeader(request, header);
    const raw = request.socket?.getPeerCertificate?.()?.raw;
    return raw === undefined ? undefined : hash('sha256', raw, 'base64url');
  }

  #isTrusted(address: string | undefined): boolean {
    const version = isIP(address ?? '');
    return version !== 0 && this.#proxies.check(address!, version === 6 ? 'ipv6' : 'ipv4');
  }
}

function fromHeader(
  { header, headerCount }: CertificateRequest,
  { name, read }: { readonly name: string; readonly read: (value: string) => string | undefined },
): string | undefined {
  const value = header(name);
  if (value == null || value === '') return undefined;
  // A second copy is the client's own, in front of or behind the proxy's.
  const once = headerCount === undefined || headerCount(name) === 1;
  const thumbprint = once ? read(value) : undefined;
  if (thumbprint !== undefined) return thumbprint;
  const expected = `Expected one certificate in the header ${name}, came ${once ? 'another text' : 'several'}.`;
  throw new DeniedError('invalid_request', expected, { status: 400 });
}

function networksOf(addresses: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const each of addresses) {
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(each) ?? [];
    const version = isIP(address);
    const type = version === 6 ? 'ipv6' : 'ipv4';
    const most = version === 6 ? 128 : 32;
    if (version === 0 || Number(prefix ?? 0) > most)
      throw invalid('mtls.trustedProxies', 'addresses, or networks like 10.0.0.0/8', each);
    networks.addSubnet(address, Number(prefix ?? most), type);
  }
  return networks;
}

function invalid(option: string, expected: string, came: unknown): ConfigurationError {
  return new ConfigurationError('invalid_option', `Option ${option}: expected ${expected}, came ${show(came)}.`);
}
