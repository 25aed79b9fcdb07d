import { makeCertificate } from '../../test/certificates.js';
import { certificateFormats, type CertificateFormat } from './certificate-header.js';

const { cert, der, thumbprint } = makeCertificate('client');
const other = makeCertificate('other');
const hex = Buffer.from(thumbprint, 'base64url').toString('hex');
const escaped = encodeURIComponent(cert);
const bytes = `:${der.toString('base64')}:`;

describe('certificateFormats [RULE 6.6] [R80]', () => {
  it.each<[CertificateFormat, string, string]>([
    ['pem-urlencoded', 'PEM as encodeURIComponent writes it', escaped],
    [
      'pem-urlencoded',
      'PEM as nginx writes it',
      escaped.replace(/%20/g, '%20').replace(/%[0-9A-F]{2}/g, (each) => each.toLowerCase()),
    ],
    [
      'pem-urlencoded',
      'PEM with + and / and = as they are',
      cert.replace(/[ \n]/g, (each) => encodeURIComponent(each)),
    ],
    ['rfc9440', 'the bytes between colons', bytes],
    ['rfc9440', 'with space around them', ` ${bytes} `],
    ['xfcc', 'the hash alone', `Hash=${hex}`],
    [
      'xfcc',
      'the hash among others',
      `By=spiffe://a/b;Hash=${hex.toUpperCase()};Subject="CN=client,O=a;b\\"";URI=spiffe://c`,
    ],
    ['xfcc', 'names in other letters', `hash=${hex};cert="${escaped}"`],
  ])('%s: takes %s', (format, _name, value) => {
    expect(certificateFormats[format](value)).toBe(thumbprint);
  });

  it.each<[CertificateFormat, string, string]>([
    ['pem-urlencoded', 'another text', 'x'],
    ['pem-urlencoded', 'escapes that are none', '%E0%A4%A'],
    ['pem-urlencoded', 'two certificates in one', escaped + encodeURIComponent(other.cert)],
    ['pem-urlencoded', 'two values joined', `${escaped}, ${escaped}`],
    [
      'pem-urlencoded',
      'a PEM that is no certificate',
      encodeURIComponent('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
    ],
    ['pem-urlencoded', 'text in front', encodeURIComponent(`x\n${cert}`)],
    ['pem-urlencoded', 'a private key', encodeURIComponent(other.key)],
    ['pem-urlencoded', 'more than 64 KB', escaped + '%20'.repeat(30_000)],
    ['rfc9440', 'the bytes without colons', der.toString('base64')],
    ['rfc9440', 'two values joined', `${bytes}, ${bytes}`],
    ['rfc9440', 'base64url', `:${der.toString('base64url')}:`],
    ['rfc9440', 'parameters', `${bytes};a=1`],
    ['rfc9440', 'bytes that are no certificate', ':AAAA:'],
    ['rfc9440', 'PEM in base64', `:${Buffer.from(other.key).toString('base64')}:`],
    ['rfc9440', 'more than 64 KB', `:${'A'.repeat(70_000)}:`],
    ['xfcc', 'no hash', `By=a;Subject="CN=client"`],
    ['xfcc', 'a hash in quotes of something else', `Subject="x;Hash=${hex}"`],
    ['xfcc', 'two hashes', `Hash=${hex};Hash=${hex}`],
    ['xfcc', 'two elements', `Hash=${hex},Hash=${hex}`],
    ['xfcc', 'two elements, the second without a hash', `Hash=${hex};Subject="",By=a`],
    ['xfcc', 'two values joined', `By=a;Hash=${hex}, By=b;Hash=${hex}`],
    ['xfcc', 'a hash that is too short', 'Hash=abcd'],
    ['xfcc', 'a quote that does not end', `Hash=${hex};Subject="x`],
    ['xfcc', 'another text', hex],
    ['xfcc', 'more than 64 KB', `Subject="${'x'.repeat(70_000)}";Hash=${hex}`],
  ])('%s: takes no %s', (format, _name, value) => {
    expect(certificateFormats[format](value)).toBeUndefined();
  });

  it.each<CertificateFormat>(['pem-urlencoded', 'rfc9440', 'xfcc'])(
    '%s: long texts take no long time [R95]',
    (format) => {
      const texts = ['%', 'A', 'a=";', 'a="\\', '-', '\n', ':', 'a=b;'].map((each) =>
        each.repeat(60_000 / each.length),
      );
      const start = performance.now();
      texts.forEach((text) => certificateFormats[format](text));
      expect(performance.now() - start).toBeLessThan(500);
    },
  );
});
