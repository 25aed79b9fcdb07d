import { json, TestServer, type Handler } from '../../test/server.js';
import { Http } from '../http.js';
import { fetchDocument } from './fetch-document.js';

const http = new Http();
let server: TestServer;
afterEach(() => server.stop());
afterAll(() => http.close());

it('takes JSON up to one megabyte', async () => {
  const long = { a: 'x'.repeat(1024 * 1024 - 8) };
  server = await TestServer.start((_req, res) => json(res, long));
  expect((await fetchDocument(http, server.url)).text).toHaveLength(1024 * 1024);
});

it.each<[string, Handler, RegExp]>([
  ['a 404', (_req, res) => void res.writeHead(404).end(), /\/doc: expected status 200, came 404$/],
  ['a 204', (_req, res) => void res.writeHead(204).end(), /expected application\/json, came nothing$/],
  ['a page', (_req, res) => void res.writeHead(200, { 'content-type': 'text/html' }).end(), /came "text\/html"$/],
])('[D21] never blames whoever waits for it: %s', async (_name, handler, message) => {
  server = await TestServer.start(handler);
  const failing = fetchDocument(http, `${server.url}/doc?q=s3cret`);
  await expect(failing).rejects.toMatchObject({ code: 'op_unreachable', status: 503 });
  await expect(failing).rejects.toThrow(message);
  await expect(failing).rejects.not.toThrow(/s3cret/);
});

it('says of a URL that is none that the metadata is wrong', async () => {
  server = await TestServer.start((_req, res) => json(res, {}));
  await expect(fetchDocument(http, 'jwks')).rejects.toMatchObject({ code: 'invalid_metadata' });
});
