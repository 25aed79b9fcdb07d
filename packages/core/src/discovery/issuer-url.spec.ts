import { isLoopback, requireTrustedUrl, wellKnownUrl } from './issuer-url.js';

describe('[RULE 7.2] [RULE 1.5] the URL of an issuer', () => {
  it.each([
    'https://op.example',
    'https://op.example/',
    'https://op.example:8443/tenant/a',
    'http://localhost:3000',
    'http://a.localhost',
    'http://127.0.0.1:3000/x',
    'http://127.9.9.9',
    'http://[::1]:3000',
  ])('may be %s', (url) => {
    expect(() => requireTrustedUrl('issuer', url, false)).not.toThrow();
  });

  it.each([
    'http://op.example',
    'http://localhost.example',
    'http://127.0.0.1.example',
    'https://op.example/?a=b',
    'https://op.example/#a',
    'https://op.example?',
    'https://user@op.example',
    'https://:password@op.example',
    'ftp://localhost',
    'op.example',
    '',
  ])('may not be "%s"', (url) => {
    expect(() => requireTrustedUrl('issuer', url, false)).toThrow(
      `issuer: expected an https URL (http on loopback) without query and fragment, came ${JSON.stringify(url)}`,
    );
  });

  it('may be http anywhere where that is allowed', () => {
    expect(() => requireTrustedUrl('issuer', 'http://op.example', true)).not.toThrow();
    expect(() => requireTrustedUrl('issuer', 'ftp://op.example', true)).toThrow(/^issuer: /);
  });

  it('may have a query as discoveryUrl', () => {
    expect(() => requireTrustedUrl('discoveryUrl', 'https://op.example/d?p=policy', false)).not.toThrow();
    expect(() => requireTrustedUrl('discoveryUrl', 'http://op.example/d', false)).toThrow(/^discoveryUrl: /);
  });
});

it.each([
  ['https://op.example', 'https://op.example/.well-known/openid-configuration'],
  ['https://op.example/', 'https://op.example/.well-known/openid-configuration'],
  ['https://op.example/test/a/alias/', 'https://op.example/test/a/alias/.well-known/openid-configuration'],
  ['https://op.example/tenant', 'https://op.example/tenant/.well-known/openid-configuration'],
  ['https://op.example//', 'https://op.example//.well-known/openid-configuration'],
])('the metadata of %s is at %s', (issuer, expected) => {
  expect(wellKnownUrl(issuer)).toBe(expected);
});

it('knows loopback from what looks like it', () => {
  expect(['http://localhost', 'http://[::1]/', 'http://127.0.0.1'].every(isLoopback)).toBe(true);
  expect(['http://localhost.evil.example', 'http://10.0.0.1', 'http://[::2]'].some(isLoopback)).toBe(false);
});
