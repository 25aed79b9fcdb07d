import { TestOp } from '../../test/op.js';
import { OidcError } from '../errors.js';
import { Http } from '../http.js';
import type { ProviderMetadata } from '../messages/provider-metadata.js';
import { discover } from './discover.js';

const http = new Http();
let op: TestOp;
beforeEach(async () => {
  op = await TestOp.start();
});
afterEach(() => op.server.stop());
afterAll(() => http.close());

async function failure(issuer: string, discoveryUrl?: string): Promise<OidcError> {
  const error: unknown = await discover({ issuer, discoveryUrl, http }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OidcError);
  return error as OidcError;
}
async function metadataOf(issuer: string, discoveryUrl?: string): Promise<ProviderMetadata> {
  return (await discover({ issuer, discoveryUrl, http })).value;
}

describe('metadata that is taken', () => {
  it('is that of the issuer, with what it holds beyond the known', async () => {
    op.metadata = { vendor_claim: { a: 1 } };
    op.headers = { 'cache-control': 'max-age=300' };
    const { value, cacheControl } = await discover({ issuer: op.issuer, http });
    expect(value).toMatchObject({ issuer: op.issuer, jwks_uri: `${op.issuer}/jwks`, vendor_claim: { a: 1 } });
    expect(cacheControl).toBe('max-age=300');
    expect(op.server.paths).toEqual(['/.well-known/openid-configuration']);
  });

  it('[R24] is that of an issuer with a slash at its end, as the suite has it', async () => {
    const issuer = `${op.issuer}/test/a/alias/`;
    op.metadata = { issuer };
    expect((await metadataOf(issuer)).issuer).toBe(issuer);
    expect(op.server.paths).toEqual(['/test/a/alias/.well-known/openid-configuration']);
  });

  it('stands at discoveryUrl where there is one, and is checked as strictly', async () => {
    const url = `${op.issuer}/elsewhere/.well-known/openid-configuration?p=policy`;
    await metadataOf(op.issuer, url);
    expect(op.server.paths).toEqual(['/elsewhere/.well-known/openid-configuration?p=policy']);
    expect(await failure('https://op.example', url)).toMatchObject({ code: 'issuer_mismatch' });
  });

  it('may have https endpoints where the issuer is http, and members that are no endpoints of ours', async () => {
    op.metadata = {
      token_endpoint: 'https://op.example/token',
      service_documentation: 'http://docs.example',
      op_tos_uri: 'x',
    };
    expect((await metadataOf(op.issuer)).token_endpoint).toBe('https://op.example/token');
  });
});

describe('[R24] the issuer is exact', () => {
  it.each([
    ['another', 'https://evil.example', false],
    ['the suite appends INVALID', 'INVALID', false],
    ['a slash more', '/', true],
    ['another case', 'CASE', false],
  ])('%s', async (_name, suffix, slash) => {
    const came = suffix.startsWith('https')
      ? suffix
      : suffix === 'CASE'
        ? op.issuer.toUpperCase()
        : `${op.issuer}${suffix}`;
    op.metadata = { issuer: came };
    const error = await failure(op.issuer);
    expect(error).toMatchObject({ code: 'issuer_mismatch', status: 500 });
    expect(error.message).toContain(`expected "${op.issuer}" in the metadata, came "${came}"`);
    expect(error.message.includes('only the slash at the end differs')).toBe(slash);
  });

  it('with a hint where a slash is missing', async () => {
    op.metadata = { issuer: op.issuer };
    expect((await failure(`${op.issuer}/`)).message).toContain('only the slash at the end differs');
  });
});

describe('[RULE 7.2] endpoints are as safe as the issuer', () => {
  const httpsIssuer = 'https://op.example';
  const safe = {
    issuer: httpsIssuer,
    authorization_endpoint: 'https://a/',
    token_endpoint: 'https://b/',
    jwks_uri: 'https://c/',
  };

  it('is taken with https throughout', async () => {
    op.metadata = safe;
    await metadataOf(httpsIssuer, `${op.issuer}/.well-known/openid-configuration`);
  });

  it.each([
    ['authorization_endpoint', 'http://op.example/authorize'],
    ['token_endpoint', 'http://op.example/token'],
    ['jwks_uri', 'http://op.example/jwks'],
    ['userinfo_endpoint', 'http://127.0.0.1/userinfo'],
    ['end_session_endpoint', 'javascript:alert(1)'],
    ['check_session_iframe', 'data:text/html,x'],
    ['revocation_endpoint', '/revoke'],
    ['introspection_endpoint', 'https://user:password@op.example/'],
    ['vendor_endpoint', 'http://op.example'],
  ])('[R24] refuses %s at %s', async (name, value) => {
    op.metadata = { ...safe, [name]: value };
    const error = await failure(httpsIssuer, `${op.issuer}/.well-known/openid-configuration`);
    expect(error).toMatchObject({ code: 'invalid_metadata', status: 500 });
    expect(error.message).toContain(`expected ${name} to be a URL of https`);
  });

  it('refuses an http alias for mTLS', async () => {
    op.metadata = { ...safe, mtls_endpoint_aliases: { token_endpoint: 'http://op.example/token' } };
    expect((await failure(httpsIssuer, `${op.issuer}/.well-known/openid-configuration`)).message).toContain(
      'token_endpoint',
    );
  });

  it('refuses what is neither http nor https for an http issuer', async () => {
    op.metadata = { token_endpoint: 'ftp://op.example/' };
    expect((await failure(op.issuer)).message).toContain('expected token_endpoint to be a URL of https or http');
  });
});

describe('metadata that is refused', () => {
  const path = '/.well-known/openid-configuration';

  it('[R25] says which member is wrong', async () => {
    op.metadata = { jwks_uri: 5 };
    const error = await failure(op.issuer);
    expect(error).toMatchObject({ code: 'invalid_metadata', status: 500 });
    expect(error.message).toContain('jwks_uri');
  });

  it.each([
    ['a page', 200, 'text/html', '<p>'],
    ['a 404', 404, 'application/json', '{}'],
    ['a redirect', 302, 'application/json', '{}'],
    ['a fault', 500, 'application/json', '{}'],
    ['more than a megabyte', 200, 'application/json', ' '.repeat(1024 * 1024 + 1)],
  ])('[R25] counts as none, not as wrong: %s', async (_name, status, type, body) => {
    op.answers.set(path, (_req, res) => void res.writeHead(status, { 'content-type': type, location: '/' }).end(body));
    expect(await failure(op.issuer)).toMatchObject({ code: 'op_unreachable', status: 503 });
    expect(op.server.paths).toEqual([path]);
  });

  it('counts as none when the OP is down', async () => {
    await op.server.stop();
    expect(await failure(op.issuer)).toMatchObject({ code: 'op_unreachable', status: 503 });
  });
});
