import { Chromium, complaints, describeInBrowser, fillIn, heading, pathOf } from '../test/browser.js';
import { type Demo, startDemo } from './start-demo.js';

jest.setTimeout(120_000);

describeInBrowser('the demo in a browser', () => {
  const chromium = new Chromium();
  let demo: Demo;
  let notes: string;
  let photos: string;

  beforeAll(async () => {
    await chromium.start();
    demo = await startDemo({ notes: 0, photos: 0, op: 0 });
    notes = demo.notes.client.baseUrl;
    photos = demo.photos.client.baseUrl;
  });
  afterAll(async () => {
    await chromium.stop();
    await demo.stop();
  });

  it('signs in at one app and walks into the other without a password [R2] [R3] [R4]', async () => {
    const person = await chromium.person();
    const heard = complaints(person);
    const page = await person.newPage();
    await page.goto(notes);
    await heading(page, 'You are signed out');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await heading(page, 'Sign in to Notes');
    await fillIn(page, 'nobody');
    await page.getByRole('alert').waitFor();
    await fillIn(page);
    await heading(page, 'Ada Lovelace');
    expect(page.url()).toBe(`${notes}/`);
    await page.getByText('Sign-in completed').first().waitFor();

    const [other] = await Promise.all([
      person.waitForEvent('page'),
      page.getByRole('link', { name: 'Open Photos' }).click(),
    ]);
    await heading(other, 'Ada Lovelace');
    expect(other.url()).toBe(`${photos}/me`);
    expect(heard).toEqual([]);
    await person.close();
  });

  it('ends the session of app B live when somebody signs out at app A [R53] [R54] [R57]', async () => {
    const person = await chromium.person();
    const heard = complaints(person);
    const [a, b] = [await person.newPage(), await person.newPage()];
    await a.goto(`${notes}/me`);
    await fillIn(a);
    await heading(a, 'Ada Lovelace');
    await b.goto(`${photos}/me`);
    await heading(b, 'Ada Lovelace');

    await a.getByRole('button', { name: 'Sign out' }).click();
    await heading(b, 'You were signed out');
    await b.getByText('told this app, from server to server').first().waitFor();
    await b.getByText('Logout token received').first().waitFor();
    await heading(a, 'You are signed out');
    expect(a.url()).toBe(`${notes}/`);

    await b.getByRole('link', { name: 'Sign in again' }).click();
    await heading(b, 'Sign in to Photos'); // the session at the OP is gone too
    expect(heard).toEqual([]);
    await person.close();
  });

  it('keeps the cookies of two apps on one host apart [RULE 1.4]', async () => {
    const person = await chromium.person();
    const page = await person.newPage();
    const ours = async (): Promise<string[]> =>
      (await person.cookies()).map(({ name }) => name).filter((name) => name.startsWith('latchkey-'));
    await page.goto(`${notes}/me`);
    expect(await ours()).toEqual([expect.stringMatching(demo.notes.client.cookies.session)]);
    await page.goto(`${photos}/me`);
    expect(await ours()).toHaveLength(2); // a login in flight at each
    await fillIn(page, 'grace');
    await heading(page, 'Grace Hopper');
    await page.goto(`${notes}/me`);
    await heading(page, 'Grace Hopper');

    const names = await ours();
    expect(names).toEqual(
      expect.arrayContaining([demo.notes.client.cookies.session, demo.photos.client.cookies.session]),
    );
    await page.goto(`${photos}/me`);
    await heading(page, 'Grace Hopper'); // the login at Notes took nothing from Photos
    await page.goto(`${notes}/me`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'You are signed out');
    expect(await ours()).toEqual([demo.photos.client.cookies.session]); // dead by now, and not for Notes to touch
    await person.close();
  });

  it('lets two logins of two tabs cross, and brings each to its own page [D1] [R6]', async () => {
    const person = await chromium.person();
    const [first, second] = [await person.newPage(), await person.newPage()];
    await first.goto(`${notes}/me?tab=1`);
    await second.goto(`${notes}/me?tab=2`);
    await fillIn(second);
    await heading(second, 'Ada Lovelace');
    await fillIn(first);
    await heading(first, 'Ada Lovelace');
    expect([pathOf(first), pathOf(second)]).toEqual(['/me?tab=1', '/me?tab=2']);
    await person.close();
  });

  it('lets seven tabs sign in, in any order [D1] [R6] [RULE 4.1]', async () => {
    const person = await chromium.person();
    const tabs = [];
    for (let tab = 0; tab < 7; tab++) {
      const page = await person.newPage();
      await page.goto(`${notes}/me?tab=${tab}`);
      tabs.push(page);
    }
    for (const tab of [3, 0, 6, 1, 5, 2, 4]) {
      const page = tabs[tab]!;
      await fillIn(page);
      await heading(page, 'Ada Lovelace');
      expect(pathOf(page)).toBe(`/me?tab=${tab}`);
    }
    await person.close();
  });

  it('answers a callback that was used with the page it led to, or with a page that starts again [R5] [RULE 4.3]', async () => {
    const person = await chromium.person();
    const page = await person.newPage();
    await page.goto(`${notes}/me?here`);
    const [callback] = await Promise.all([
      page.waitForRequest((request) => request.url().startsWith(`${notes}/auth/callback`)),
      fillIn(page),
    ]);
    await heading(page, 'Ada Lovelace');

    await page.goto(callback.url());
    await heading(page, 'Ada Lovelace'); // signed in: nothing to say
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'You are signed out');

    expect((await page.goto(callback.url()))?.status()).toBe(400);
    await heading(page, 'This sign-in cannot be continued');
    expect(await page.content()).not.toContain(new URL(callback.url()).searchParams.get('code'));
    await page.getByRole('link', { name: 'Try again' }).click();
    await heading(page, 'Sign in to Notes');
    await page.goBack();
    await heading(page, 'This sign-in cannot be continued');
    await person.close();
  });

  it('shows a page, and a way on, to who goes back and to who cancels [R15] [R98]', async () => {
    const person = await chromium.person();
    const page = await person.newPage();
    await page.goto(`${notes}/me`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The sign-in was cancelled or not allowed.').waitFor();
    await page.getByRole('link', { name: 'Try again' }).click();
    await fillIn(page);
    await heading(page, 'Ada Lovelace');
    expect(pathOf(page)).toBe('/me');
    await page.goBack(); // the OP's own page, which is used up
    await heading(page, 'That did not work');
    await page.goForward();
    await heading(page, 'Ada Lovelace');
    await person.close();
  });

  it('ends the session that a frame of the OP names, wherever the frame is opened [R64] [R65] [RULE 3.6]', async () => {
    const person = await chromium.person();
    await person.grantPermissions(['local-network-access']); // a page that is made up here is from no network
    const [page, op] = [await person.newPage(), await person.newPage()];
    await page.goto(`${notes}/me`);
    await fillIn(page);
    await heading(page, 'Ada Lovelace');
    const sid = await page.locator('[data-claim=sid]').textContent();
    const { issuer } = demo.notes.client.ref;
    const src = `${notes}/auth/frontchannel-logout?${new URLSearchParams({ iss: issuer, sid: sid ?? '' }).toString()}`;
    await op.route(`${issuer}/bye`, (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${src.replaceAll('&', '&amp;')}"></iframe>` }),
    );
    await op.goto(`${issuer}/bye`);
    await op.frameLocator('iframe').getByText('Signed out.').waitFor();
    await heading(page, 'You were signed out');
    await page.getByText('said so, in a frame').first().waitFor();
    await person.close();
  });

  it('goes on without the OP, and signs people in again when it is back [D6] [R89]', async () => {
    const [signedIn, other] = [await chromium.person(), await chromium.person()];
    const [page, late] = [await signedIn.newPage(), await other.newPage()];
    await page.goto(`${notes}/me`);
    await fillIn(page);
    await heading(page, 'Ada Lovelace');
    await late.goto(`${notes}/me?late`);
    // The OP goes away between its answer and the exchange of the code.
    const { request } = other;
    const next = await request.post(late.url(), { form: { user: 'grace', password: 'any' }, maxRedirects: 0 });
    const answer = await request.get(next.headers().location ?? '', { maxRedirects: 0 });
    await demo.op.stop();
    expect((await late.goto(answer.headers().location ?? ''))?.status()).toBe(503);
    await heading(late, 'The sign-in service cannot be reached');
    expect((await page.reload())?.status()).toBe(200);
    await heading(page, 'Ada Lovelace');

    await demo.op.start();
    await late.getByRole('link', { name: 'Try again' }).click();
    await heading(late, 'Grace Hopper');
    expect(pathOf(late)).toBe('/me?late');
    await Promise.all([signedIn.close(), other.close()]);
  });
});
