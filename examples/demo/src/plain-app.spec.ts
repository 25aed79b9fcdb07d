import express from 'express';
import express4 from 'express4';
import helmet from 'helmet';
import { Chromium, complaints, describeInBrowser, fillIn, heading, pathOf } from '../test/browser.js';
import { type PlainApp, startPlainApp } from '../test/plain-app.js';
import { Site } from './site.js';

jest.setTimeout(120_000);

describeInBrowser('an app in a browser', () => {
  const chromium = new Chromium();
  beforeAll(() => chromium.start());
  afterAll(() => chromium.stop());

  describe.each([
    ['Express 5', express],
    ['Express 4', express4],
  ])('behind the defaults of helmet, on %s', (_name, framework) => {
    let app: PlainApp;
    let stranger: Site;

    beforeAll(async () => {
      stranger = await Site.listen(0);
      const frontchannel = { frameAncestors: [stranger.origin] };
      app = await startPlainApp({ framework, before: helmet(), options: { frontchannel } });
    });
    afterAll(async () => void (await Promise.all([app.stop(), stranger.stop()])));

    it('signs in, and out by a form of its own [RULE 3.8] [R55]', async () => {
      const person = await chromium.person();
      const heard = complaints(person);
      const page = await person.newPage();
      const answer = await page.goto(app.origin);
      expect(answer?.headers()['content-security-policy']).toContain("form-action 'self'");
      await page.getByRole('link', { name: 'Sign in' }).click();
      await fillIn(page);
      await heading(page, 'Ada Lovelace');
      expect(page.url()).toBe(`${app.origin}/me`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await heading(page, 'Nobody');
      expect(page.url()).toBe(`${app.origin}/`);
      expect(heard).toEqual([]);
      await person.close();
    });

    it('is framed by the origins that may, and by no other [R64] [RULE 3.7]', async () => {
      const person = await chromium.person();
      const page = await person.newPage();
      await page.goto(`${app.origin}/me`);
      await fillIn(page);
      await heading(page, 'Ada Lovelace');
      const { client } = app;
      const [record] = await client.store.list(client.ref, 'ada');
      const query = new URLSearchParams({ iss: client.ref.issuer, sid: record?.sid ?? '' }).toString();
      const frame = `<iframe src="${app.origin}/auth/frontchannel-logout?${query.replaceAll('&', '&amp;')}"></iframe>`;
      stranger.serve((_req, res) => void res.setHeader('content-type', 'text/html').end(frame));

      const [framed, refused] = [await person.newPage(), await person.newPage()];
      const heard = complaints(person);
      await framed.goto(stranger.origin);
      await framed.frameLocator('iframe').getByText('Signed out.').waitFor();
      expect(heard).toEqual([]);
      await page.goto(app.origin);
      await heading(page, 'Nobody');

      // The same page by another name of this machine is another origin, and cross-site besides.
      const complaint = refused.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
      await refused.goto(stranger.origin.replace('localhost', '127.0.0.1')).catch(() => undefined);
      await complaint;
      await person.close();
    });
  });

  it('starts while the OP is down, says so to who signs in, and needs no restart when it is back [D6]', async () => {
    let turned = 0;
    const app = await startPlainApp({ options: { clock: { now: () => Date.now() + turned } } });
    await app.op.stop();
    const person = await chromium.person();
    const page = await person.newPage();
    expect((await page.goto(`${app.origin}/`))?.status()).toBe(200);
    expect((await page.goto(`${app.origin}/me?later`))?.status()).toBe(503);
    await heading(page, 'The sign-in service cannot be reached');

    await app.op.start();
    turned = 3000; // a failed fetch is not repeated at once
    await page.getByRole('link', { name: 'Try again' }).click();
    await fillIn(page);
    await heading(page, 'Ada Lovelace');
    expect(pathOf(page)).toBe('/me?later');
    await person.close();
    await app.stop();
  });
});
