// Makes docs/demo.png: both apps of the demo, just after a sign-out at the first. Wants a build first, and chromium.
import { chromium } from 'playwright-core';
import { startDemo } from '../examples/demo/dist/start-demo.js';

const demo = await startDemo({ notes: 3000, photos: 3001, op: 3002 });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const person = await browser.newContext({ viewport: { width: 640, height: 800 }, reducedMotion: 'reduce' });
const [notes, photos] = [await person.newPage(), await person.newPage()];

await notes.goto(`${demo.notes.client.baseUrl}/me`);
await notes.getByLabel('User').fill('ada');
await notes.getByLabel('Password').fill('any');
await notes.getByRole('button', { name: 'Sign in' }).click();
await notes.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
await photos.goto(`${demo.photos.client.baseUrl}/me`);
await notes.getByRole('button', { name: 'Sign out' }).click();
for (const page of [notes, photos]) await page.getByText('Logout token received').waitFor();

const shots = [];
for (const page of [notes, photos]) shots.push((await page.screenshot()).toString('base64'));
const both = await browser.newPage({ viewport: { width: 1376, height: 864 } });
await both.setContent(`<style>
  body { display: flex; gap: 32px; margin: 32px; background: #d9dad6 }
  img { width: 640px; height: 800px; border-radius: 12px; box-shadow: 0 6px 24px #0002 }
</style>${shots.map((shot) => `<img src="data:image/png;base64,${shot}">`).join('')}`);
await both.screenshot({ path: 'docs/demo.png' });
await browser.close();
await demo.stop();
