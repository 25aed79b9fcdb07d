import { spawnSync } from 'node:child_process';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const executablePath = spawnSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).stdout.trim();
if (!executablePath) console.warn('!! No chromium on this machine: the browser tests are skipped.');

/** Tests that need a browser: loudly skipped where there is none, which is a failure in CI. */
export const describeInBrowser = executablePath ? describe : describe.skip;

const flags = [
  '--no-sandbox', // for root, which containers run as
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** One Chromium for a file of tests; each test opens people of its own. */
export class Chromium {
  #browser: Browser | undefined;

  async start(): Promise<void> {
    this.#browser = await chromium.launch({ executablePath, args: flags });
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
  }

  /** A person with a browser of their own: no cookies yet. */
  async person(): Promise<BrowserContext> {
    if (!this.#browser) throw new Error('The browser was not started.');
    const context = await this.#browser.newContext();
    context.setDefaultTimeout(20_000);
    return context;
  }
}

/** Fills in the OP's login page. */
export async function fillIn(page: Page, user = 'ada'): Promise<void> {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password').fill('any');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Waits for a page's heading; its absence is the failure. */
export async function heading(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

/** Where a page is, below its origin. */
export function pathOf(page: Page): string {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}

/** What the browser complains about: scripts that fail, and what a Content-Security-Policy stops. */
export function complaints(context: BrowserContext): string[] {
  const heard: string[] = [];
  context.on('console', (message) => {
    if (/Content.Security.Policy|Refused to|violates/i.test(message.text())) heard.push(message.text());
  });
  context.on('weberror', (error) => heard.push(error.error().message));
  return heard;
}
