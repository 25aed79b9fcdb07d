import { TestServer } from '../../../packages/core/test/server.js';
import { TokenOp } from '../../../packages/core/test/token-op.js';
import { userToken } from '../../../packages/nestjs/test/user-token.js';
import { createApi } from './api.js';

let op: TokenOp;
let server: TestServer;

beforeAll(async () => {
  op = await TokenOp.start({ jwtTokens: true });
  server = await TestServer.start((_req, res) => res.writeHead(503).end());
  const api = createApi({ url: server.url, issuer: op.issuer });
  api.set('env', 'test'); // Express then keeps what its own error handler prints to itself
  server.handler = api;
});
afterAll(async () => {
  await server.stop();
  await op.stop();
});

const tokenOf = (sub: string, scope: string): Promise<string> => userToken(op, { sub, scope, resource: server.url });

async function ask(token?: string, item?: string): Promise<[status: number, body: unknown, challenge: string | null]> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const init = item === undefined ? {} : { method: 'POST', body: JSON.stringify({ item }) };
  const response = await fetch(`${server.url}/orders`, { headers, ...init });
  const body: unknown = response.ok ? await response.json() : undefined;
  return [response.status, body, response.headers.get('www-authenticate')];
}

it('keeps orders for whoever may write them, and tells them to whoever may read', async () => {
  const [writer, reader] = [await tokenOf('ada', 'orders:write'), await tokenOf('ada', 'orders:read')];
  expect(await ask(writer, 'tea')).toEqual([201, ['tea'], null]);
  expect(await ask(reader)).toEqual([200, ['tea'], null]);
  expect(await ask(await tokenOf('grace', 'orders:read'))).toEqual([200, [], null]);
  expect(await ask(reader, 'milk')).toEqual([
    403,
    undefined,
    expect.stringContaining('error="insufficient_scope", ') as string,
  ]);
});

it('takes no token for another API, and none that was changed', async () => {
  const foreign = await op.issue({ resource: 'https://other.example' });
  const changed = (await tokenOf('ada', 'orders:read')).replace(/\.[^.]+\./, (claims) => claims.replace('J', 'I'));
  for (const token of [foreign, changed]) expect((await ask(token))[0]).toBe(401);
});

it('tells those who have none where to get one', async () => {
  const [status, , challenge] = await ask();
  const [, url = ''] = /resource_metadata="([^"]+)"/.exec(challenge ?? '') ?? [];
  expect(status).toBe(401);
  expect(await (await fetch(url)).json()).toMatchObject({
    resource: server.url,
    authorization_servers: [op.issuer],
    scopes_supported: ['orders:read', 'orders:write'],
  });
});
