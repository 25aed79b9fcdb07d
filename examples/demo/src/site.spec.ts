import { connect } from 'node:net';
import { once } from 'node:events';
import { Site } from './site.js';

describe('Site', () => {
  it('takes the next port when one is taken', async () => {
    const first = await Site.listen(0);
    const port = Number(new URL(first.origin).port);
    const second = await Site.listen(port);
    expect(Number(new URL(second.origin).port)).toBeGreaterThan(port);
    await Promise.all([first.stop(), second.stop()]);
  });

  it('says that it is not ready before it serves, and comes back on its port', async () => {
    const site = await Site.listen(0);
    expect((await fetch(site.origin)).status).toBe(503);
    site.serve((_req, res) => void res.end('here'));
    await site.stop();
    await expect(fetch(site.origin)).rejects.toThrow();
    await site.start();
    expect(await (await fetch(site.origin)).text()).toBe('here');
    await site.stop();
    await site.stop();
  });

  it('does not wait for those who hold the line', async () => {
    const site = await Site.listen(0);
    site.serve((_req, res) => void res.write('no end'));
    const { hostname, port } = new URL(site.origin);
    const line = connect(Number(port), hostname).on('error', () => undefined);
    line.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
    await once(line, 'data');
    await site.stop();
    expect(line.destroyed || (await once(line, 'close'))).toBeTruthy();
  });

  it('gives up on what is wrong with the port itself', async () => {
    await expect(Site.listen(70_000)).rejects.toThrow(/port/i);
  });
});
