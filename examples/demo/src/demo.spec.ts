import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Page, UserAgent } from '../../../packages/core/test/user-agent.js';

jest.setTimeout(60_000);

const program = join(__dirname, '../dist/demo.js');

/** What a test that failed halfway has left running. */
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** npm start without its build, on ports that the system gives. */
async function start(): Promise<{ output: () => string; url: (name: string) => string; end: () => Promise<unknown> }> {
  const child = spawn(process.execPath, [program], { env: { ...process.env, PORT: '0', FORCE_COLOR: '0' } });
  running.add(child.once('exit', () => running.delete(child)));
  let output = '';
  const ready = new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('Ctrl-C')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(output)));
  });
  await ready;
  return {
    output: () => output,
    url: (name) => new RegExp(`${name} +(http://localhost:\\d+)`).exec(output)?.[1] ?? '',
    end: () => {
      const over = once(child, 'exit');
      child.kill('SIGINT');
      return over;
    },
  };
}

async function signIn(agent: UserAgent, url: string): Promise<Page> {
  const page = await agent.open(url);
  return page.text.includes('name="password"') ? agent.submit(page, { user: 'ada', password: 'any' }) : page;
}

it('is built', () => {
  expect(existsSync(program)).toBe(true); // if not: npx tsc -b examples/demo
});

it('[RULE 4.10] says what to open, whom to be and what to register, and nothing else; Ctrl-C ends it', async () => {
  const demo = await start();
  const said = demo.output();
  const [notes, photos] = [demo.url('Notes'), demo.url('Photos')];
  expect(said).toContain('user ada or grace, any password');
  expect(said).toMatch(/backchannel_logout_session_required +true/);
  expect(said).toContain(`${photos}/auth/backchannel-logout`);

  // A whole visit: in at one, into the other, out again.
  const agent = new UserAgent();
  expect((await signIn(agent, `${notes}/me`)).text).toContain('Ada Lovelace');
  expect((await agent.open(`${photos}/me`)).text).toContain('Ada Lovelace');
  const leaving = await agent.submit(await agent.open(notes));
  const [, href = ''] = /class="act" href="([^"]+)"/.exec(leaving.text) ?? [];
  const atOp = await agent.open(href.replace(/&#38;/g, '&'));
  const back = await agent.submit(atOp, { logout: 'yes' });
  expect(back.url).toBe(`${notes}/`);
  const news = await agent.fetch(`${photos}/news?after=0&session=`, { headers: { accept: 'application/json' } });
  expect(JSON.parse(news.text)).toMatchObject({
    session: '',
    items: expect.stringContaining('Logout token received') as string,
  });
  expect(news.headers.get('cache-control')).toBe('private, no-store');

  expect(demo.output()).toBe(said);
  expect(await demo.end()).toEqual([0, null]);
});

it('brings pages that need nothing from elsewhere and that nobody frames', async () => {
  const demo = await start();
  const agent = new UserAgent();
  for (const url of [demo.url('Notes'), `${demo.url('Photos')}/me`, demo.url('Sign-in service')]) {
    const { headers, text } = await agent.open(url);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    expect(text).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!\/)|<style|<script>| on[a-z]+="/);
  }
  await demo.end();
});
