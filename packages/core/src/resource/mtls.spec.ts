import { makeCertificate } from '../../test/certificates.js';
import { refusal } from '../../test/refusal.js';
import { ConfigurationError } from '../errors.js';
import { ClientCertificates, type CertificateRequest } from './mtls.js';

const mine = makeCertificate('client');
const proxy = makeCertificate('proxy');
const value = encodeURIComponent(mine.cert);
const options = { header: 'X-Client-Cert', format: 'pem-urlencoded', trustedProxies: ['10.0.0.0/8', '::1'] } as const;

function request(
  remoteAddress: string | undefined,
  headers: Record<string, string | string[]> = {},
  certificate?: { readonly raw?: Uint8Array },
): CertificateRequest {
  const all = (name: string): string[] => [headers[name] ?? []].flat();
  return {
    header: (name) => (all(name).length > 0 ? all(name).join(', ') : undefined),
    headerCount: (name) => all(name).length,
    socket: { remoteAddress, ...(certificate && { getPeerCertificate: () => certificate }) },
  };
}

describe('ClientCertificates [RULE 6.6] [R80]', () => {
  it.each<[string, CertificateRequest, string | undefined]>([
    ['the header of a trusted proxy', request('10.1.2.3', { 'x-client-cert': value }), mine.thumbprint],
    ['of one at an IPv6 address', request('::1', { 'x-client-cert': value }), mine.thumbprint],
    [
      'of one at an IPv4 address as IPv6 writes it',
      request('::ffff:10.1.2.3', { 'x-client-cert': value }),
      mine.thumbprint,
    ],
    [
      'of a trusted proxy that uses TLS itself',
      request('10.1.2.3', { 'x-client-cert': value }, { raw: proxy.der }),
      mine.thumbprint,
    ],
    [
      'nothing from a trusted proxy without the header, whatever its own certificate',
      request('10.1.2.3', {}, { raw: proxy.der }),
      undefined,
    ],
    ['nothing from a trusted proxy with an empty header', request('10.1.2.3', { 'x-client-cert': '' }), undefined],
    ['nothing of a header from elsewhere', request('11.1.2.3', { 'x-client-cert': value }), undefined],
    ['nothing of a header from nowhere', request(undefined, { 'x-client-cert': value }), undefined],
    [
      'nothing of a header from what is no address',
      request('10.1.2.3.evil.example', { 'x-client-cert': value }),
      undefined,
    ],
    ['nothing of another header', request('10.1.2.3', { 'client-cert': value }), undefined],
    [
      'the TLS connection of anybody else, whatever the header',
      request('11.1.2.3', { 'x-client-cert': value }, { raw: proxy.der }),
      proxy.thumbprint,
    ],
  ])('takes %s', (_name, made, thumbprint) => {
    expect(new ClientCertificates(options).thumbprint(made)).toBe(thumbprint);
  });

  it.each<[string, CertificateRequest, string | undefined]>([
    ['the TLS connection', request('10.1.2.3', {}, { raw: mine.der }), mine.thumbprint],
    ['nothing of a TLS connection without a certificate', request('10.1.2.3', {}, {}), undefined],
    ['nothing of a plain connection', request('10.1.2.3'), undefined],
    [
      'nothing of a connection that is gone',
      { header: () => undefined, socket: { getPeerCertificate: () => null } },
      undefined,
    ],
    ['nothing of no connection', { header: () => undefined }, undefined],
    ['nothing of any header', request('10.1.2.3', { 'x-client-cert': value, 'client-cert': value }), undefined],
  ])('without options: takes %s', (_name, made, thumbprint) => {
    expect(new ClientCertificates().thumbprint(made)).toBe(thumbprint);
  });

  it.each<[string, Record<string, string | string[]>]>([
    ['a second copy', { 'x-client-cert': [value, value] }],
    ['a second copy that is empty', { 'x-client-cert': [value, ''] }],
    ['a text that is no certificate', { 'x-client-cert': 'x' }],
  ])('refuses %s with 400', async (_name, headers) => {
    const certificates = new ClientCertificates(options);
    expect(await refusal(() => certificates.thumbprint(request('10.1.2.3', headers)))).toMatchObject({
      code: 'invalid_request',
      status: 400,
    });
  });

  it('refuses a second copy also where only the first is shown', async () => {
    const made = { ...request('10.1.2.3', { 'x-client-cert': [value, value] }), header: () => value };
    expect(await refusal(() => new ClientCertificates(options).thumbprint(made))).toMatchObject({ status: 400 });
  });

  it('refuses a second copy also where nobody counts headers: they come joined', async () => {
    const { headerCount: _counts, ...made } = request('10.1.2.3', { 'x-client-cert': [value, value] });
    expect(await refusal(() => new ClientCertificates(options).thumbprint(made))).toMatchObject({ status: 400 });
  });

  it.each<[string, object]>([
    ['a header alone', { header: 'x' }],
    ['a format alone', { format: 'xfcc' }],
    ['proxies alone', { trustedProxies: ['10.0.0.1'] }],
    ['no proxies', { header: 'x', format: 'xfcc' }],
    ['an empty list of proxies', { ...options, trustedProxies: [] }],
    ['no format', { header: 'x', trustedProxies: ['10.0.0.1'] }],
    ['a header that is none', { ...options, header: 'a b' }],
    ['an unknown format', { ...options, format: 'der' }],
    ['a format that every object has', { ...options, format: 'constructor' }],
    ['a host in place of an address', { ...options, trustedProxies: ['proxy.internal'] }],
    ['a network that is none', { ...options, trustedProxies: ['10.0.0.0/33'] }],
    ['an IPv6 network that is none', { ...options, trustedProxies: ['fd00::/129'] }],
    ['an empty address', { ...options, trustedProxies: [''] }],
    ['an address with an empty network', { ...options, trustedProxies: ['10.0.0.0/'] }],
  ])('refuses the options with %s [R96]', (_name, wrong) => {
    const make = (): ClientCertificates => new ClientCertificates(wrong);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(/^Option mtls/);
  });

  it('takes addresses and networks of both kinds', () => {
    const certificates = new ClientCertificates({ ...options, trustedProxies: ['192.0.2.7', 'fd00::/8'] });
    const from = (address: string): string | undefined =>
      certificates.thumbprint(request(address, { 'x-client-cert': value }));
    expect([from('192.0.2.7'), from('fd12::1')]).toEqual([mine.thumbprint, mine.thumbprint]);
    expect([from('192.0.2.8'), from('fe80::1')]).toEqual([undefined, undefined]);
  });
});
