import { leastMetadata, TestOp } from '../../test/op.js';
import { refusal } from '../../test/refusal.js';
import { json, type Handler } from '../../test/server.js';
import { Http } from '../http.js';
import { discoverServer } from './discover-server.js';

const http = new Http();
const openid = '/.well-known/openid-configuration';
const oauth = '/.well-known/oauth-authorization-server';
const gone: Handler = (_req, res) => void res.writeHead(404).end();
let op: TestOp;
beforeEach(async () => (op = await TestOp.start()));
afterEach(() => op.server.stop());
afterAll(() => http.close());

/** Answers at a path with the metadata of an issuer, which need not be an OP's. */
function publish(path: string, issuer = op.issuer, more: Record<string, unknown> = {}): void {
  op.answers.set(path, (_req, res) => json(res, { issuer, jwks_uri: `${op.issuer}/jwks`, ...more }));
}

describe('[RULE 5.9] the metadata of an issuer whose tokens are taken', () => {
  it('is an OP’s, with one fetch', async () => {
    op.headers = { 'cache-control': 'max-age=300' };
    const { value, cacheControl } = await discoverServer({ issuer: op.issuer, http });
    expect(value).toMatchObject(leastMetadata(op.issuer));
    expect(cacheControl).toBe('max-age=300');
    expect(op.server.paths).toEqual([openid]);
  });

  it('need not be a whole OP’s', async () => {
    publish(openid);
    expect((await discoverServer({ issuer: op.issuer, http })).value.jwks_uri).toBe(`${op.issuer}/jwks`);
  });

  it('is an authorization server’s where no OP is', async () => {
    op.answers.set(openid, gone);
    publish(oauth);
    expect((await discoverServer({ issuer: op.issuer, http })).value.issuer).toBe(op.issuer);
    expect(op.server.paths).toEqual([openid, oauth]);
  });

  it('stands between host and path then', async () => {
    const issuer = `${op.issuer}/tenants/one/`;
    op.answers.set(`/tenants/one${openid}`, gone);
    publish(`${oauth}/tenants/one`, issuer);
    expect((await discoverServer({ issuer, http })).value.issuer).toBe(issuer);
  });

  it('stands at discoveryUrl alone where there is one', async () => {
    publish('/elsewhere');
    await discoverServer({ issuer: op.issuer, discoveryUrl: `${op.issuer}/elsewhere?tenant=1`, http });
    expect(op.server.paths).toEqual(['/elsewhere?tenant=1']);
    op.answers.set('/elsewhere', gone);
    const error = await refusal(() =>
      discoverServer({ issuer: op.issuer, discoveryUrl: `${op.issuer}/elsewhere`, http }),
    );
    expect(error).toMatchObject({ code: 'op_unreachable', status: 503 });
    expect(op.fetches('oauth-authorization-server')).toBe(0);
  });
});

it.each<[string, string, (res: Parameters<Handler>[1]) => void]>([
  ['500', 'op_unreachable', (res) => void res.writeHead(500).end()],
  ['401', 'op_unreachable', (res) => void res.writeHead(401).end()],
  ['a page', 'op_unreachable', (res) => void res.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
  ['a redirect', 'op_unreachable', (res) => void res.writeHead(302, { location: oauth }).end()],
  ['no JSON', 'invalid_metadata', (res) => void res.writeHead(200, { 'content-type': 'application/json' }).end('{')],
  ['no issuer', 'invalid_metadata', (res) => json(res, {})],
  ['another issuer', 'issuer_mismatch', (res) => json(res, { issuer: 'https://evil.example' })],
  [
    'keys by another scheme',
    'invalid_metadata',
    (res) => json(res, { issuer: op.issuer, jwks_uri: 'file:///etc/passwd' }),
  ],
])('[R24] [D21] %s from an OP is %s, and nobody else is looked for', async (_name, code, answer) => {
  op.answers.set(openid, (_req, res) => answer(res));
  publish(oauth);
  expect(await refusal(() => discoverServer({ issuer: op.issuer, http }))).toMatchObject({ code });
  expect(op.server.paths).toEqual([openid]);
});

it('[R24] an authorization server is held to its issuer as strictly', async () => {
  op.answers.set(openid, gone);
  publish(oauth, 'https://evil.example');
  expect(await refusal(() => discoverServer({ issuer: op.issuer, http }))).toMatchObject({ code: 'issuer_mismatch' });
  op.answers.set(oauth, gone);
  expect(await refusal(() => discoverServer({ issuer: op.issuer, http }))).toMatchObject({ code: 'op_unreachable' });
});
