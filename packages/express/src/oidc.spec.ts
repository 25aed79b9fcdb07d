import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { ConfigurationError, type OidcOptions } from '@latchkey/core';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { actionOf, App, json, majors, secret, signIn, signOut } from '../test/app.js';
import { oidc } from './index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

const ada = { sub: 'ada', name: 'Name of ada', email: 'ada@example.com', email_verified: true };

/** Resolves when the OP's logout token was taken by this app. */
function told(app: App): Promise<void> {
  return new Promise((done) => {
    const hear = (_ctx: unknown, { clientId }: { readonly clientId: string }): void => {
      if (clientId !== app.auth.client.ref.clientId) return;
      op.provider.off('backchannel.success', hear);
      done();
    };
    op.provider.on('backchannel.success', hear);
  });
}

describe.each(majors)('oidc() on $name', ({ express }) => {
  it('[R2] [R4] [R10] [R12] sends a navigation to the OP with all that binds the answer to it', async () => {
    const app = await App.start(op, express);
    const { status, headers } = await new UserAgent().fetch(`${app.url}/private/list?page=2`);
    const to = new URL(headers.get('location') ?? '');
    const { state, nonce, code_challenge, ...others } = Object.fromEntries(to.searchParams);
    expect(status).toBe(303);
    expect(headers.get('cache-control')).toBe('private, no-store');
    expect(to.origin).toBe(op.issuer);
    expect([state, nonce, code_challenge].map((value) => value?.length)).toEqual([43, 43, 43]);
    expect(others).toEqual({
      response_type: 'code',
      client_id: app.auth.client.ref.clientId,
      redirect_uri: `${app.url}/auth/callback`,
      scope: 'openid profile email',
      code_challenge_method: 'S256',
    });
  });

  it('[R9] [R13] [R19] signs in, back to the very page, and knows ID token and userinfo as one user', async () => {
    const app = await App.start(op, express);
    const agent = new UserAgent();
    const page = await op.signIn(agent, await agent.open(`${app.url}/private/list?page=2&tag=a%26b`));
    expect(page.url).toBe(`${app.url}/private/list?page=2&tag=a%26b`);
    expect(json(page)).toEqual({ at: '/private/list?page=2&tag=a%26b', user: ada });
  });

  it('stays signed in when the page is loaded again, without a new cookie and without the OP', async () => {
    const app = await App.start(op, express);
    const agent = new UserAgent();
    const { url } = await signIn(agent, op, app);
    const before = agent.cookies('localhost');
    const again = await agent.fetch(url);
    expect(json(again).user).toEqual(ada);
    expect(again.headers.getSetCookie()).toEqual([]);
    expect(agent.cookies('localhost')).toBe(before);
  });

  it('signs in by its own route, to the page that the link names', async () => {
    const app = await App.start(op, express);
    const agent = new UserAgent();
    const asked = await agent.open(`${app.url}/auth/login?returnTo=${encodeURIComponent('/who?me')}`);
    expect((await op.signIn(agent, asked)).url).toBe(`${app.url}/who?me`);
  });

  it('[R53] [R54] signs out here and at the OP, and comes back to where it was asked to', async () => {
    const app = await App.start(op, express);
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const leaving = await app.post(agent, '/auth/logout', { returnTo: '/public' });
    const out = new URL(actionOf(leaving));
    expect(await app.who(agent)).toBeNull();
    expect(out.searchParams.get('post_logout_redirect_uri')).toBe(`${app.url}/auth/logged-out`);
    expect(out.searchParams.get('id_token_hint')?.split('.')).toHaveLength(3);
    const back = await agent.submit(await agent.open(out.href), { logout: 'yes' });
    expect(back.url).toBe(`${app.url}/public`);
    // The OP asks for a name again, so its session is over too.
    expect((await agent.open(`${app.url}/private`)).text).toContain('name="login"');
  });

  it('[R53] shows a plain page to a return without the state that it left with', async () => {
    const app = await App.start(op, express);
    const agent = new UserAgent();
    await signIn(agent, op, app);
    await app.post(agent, '/auth/logout', { returnTo: '/public' });
    const back = await agent.fetch(`${app.url}/auth/logged-out?state=another`);
    expect(back.status).toBe(200);
    expect(back.text).toContain('You are signed out');
  });

  it("[R57] [R60] ends the other app's session through the back channel, and no other browser's", async () => {
    const [first, second] = [await App.start(op, express), await App.start(op, express)];
    const [agent, elsewhere] = [new UserAgent(), new UserAgent()];
    await signIn(agent, op, first);
    await signIn(agent, op, second);
    await signIn(elsewhere, op, second);
    const heard = told(second);
    await signOut(agent, first);
    await heard;
    expect(await second.who(agent)).toBeNull();
    expect(await second.who(elsewhere)).toEqual(ada);
  });

  it('walks into a second app of the same OP without a password', async () => {
    const [first, second] = [await App.start(op, express), await App.start(op, express)];
    const agent = new UserAgent();
    await signIn(agent, op, first);
    const asked = await agent.open(`${second.url}/private`);
    expect(asked.text).not.toContain('name="login"');
    expect(json(await op.signIn(agent, asked, 'nobody')).user).toEqual(ada);
  });

  it('[D1] [R6] finishes two interleaved logins, each at its own page', async () => {
    const app = await App.start(op, express);
    const agent = new UserAgent();
    const first = await agent.open(`${app.url}/private?tab=1`);
    const second = await agent.open(`${app.url}/private?tab=2`);
    expect((await op.signIn(agent, first)).url).toBe(`${app.url}/private?tab=1`);
    expect((await op.signIn(agent, second)).url).toBe(`${app.url}/private?tab=2`);
    expect(await app.who(agent)).toEqual(ada);
  });

  it('[RULE 1.3] [RULE 1.4] keeps two apps with one secret on one host apart, their cookies swapped or renamed too', async () => {
    const [first, second] = [await App.start(op, express), await App.start(op, express)];
    const agent = new UserAgent();
    await signIn(agent, op, first, 'ada');
    await signIn(agent, op, second, 'ada');
    const names = [first, second].map(({ auth }) => auth.client.cookies.session) as [string, string];
    expect(new Set(names).size).toBe(2);
    expect(await Promise.all([first.who(agent), second.who(agent)])).toEqual([ada, ada]);

    const held = new Map(
      agent
        .cookies('localhost')
        .split('; ')
        .map((pair) => pair.split('=', 2) as [string, string]),
    );
    const swapped = new UserAgent();
    swapped.setCookie('localhost', names[0], held.get(names[1]) ?? '');
    swapped.setCookie('localhost', names[1], held.get(names[0]) ?? '');
    expect(await Promise.all([first.who(swapped), second.who(swapped)])).toEqual([null, null]);
  });

  it('[RULE 1.3] knows no session of another client in the same store', async () => {
    const first = await App.start(op, express);
    const second = await App.start(op, express, { session: { store: first.auth.client.store } });
    const agent = new UserAgent();
    await signIn(agent, op, first);
    const [, id = ''] =
      new RegExp(`${first.auth.client.cookies.session}=([^;]+)`).exec(agent.cookies('localhost')) ?? [];
    agent.setCookie('localhost', second.auth.client.cookies.session, id);
    expect(await second.who(agent)).toBeNull();
    expect(await first.who(agent)).toEqual(ada);
  });

  it('answers our routes by their method alone', async () => {
    const app = await App.start(op, express);
    const page = await new UserAgent().fetch(`${app.url}/auth/logout`);
    expect(page.status).toBe(405);
    expect(page.headers.get('allow')).toBe('POST');
  });

  it('leaves a route that was turned off, and one that was renamed, to the program', async () => {
    const routes = { login: '/hello', logout: false } as const;
    const app = await App.start(op, express, { routes }, (program, auth) => {
      program.use(auth);
      program.all('/auth/:name', (_req, res) => void res.send('the program'));
    });
    const agent = new UserAgent();
    expect((await app.post(agent, '/auth/logout')).text).toBe('the program');
    expect((await agent.fetch(`${app.url}/auth/login`)).text).toBe('the program');
    expect((await agent.fetch(`${app.url}/hello`)).status).toBe(303);
  });

  it('[R10] takes nothing from the Host header, also with trust proxy', async () => {
    const app = await App.start(op, express, {}, (program, auth) => {
      program.set('trust proxy', true);
      program.use(auth);
      program.get('/in', (_req, res) => res.oidc.login());
    });
    const forged = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    for (const path of ['/auth/login', '/in']) {
      const { headers } = await new UserAgent().fetch(app.url + path, { headers: forged });
      expect(new URL(headers.get('location') ?? '').searchParams.get('redirect_uri')).toBe(`${app.url}/auth/callback`);
    }
    const out = await app.post(new UserAgent(), '/auth/logout');
    expect(new URL(actionOf(out)).searchParams.get('post_logout_redirect_uri')).toBe(`${app.url}/auth/logged-out`);
  });
});

describe('the options of oidc()', () => {
  const good = {
    issuer: 'https://op.example',
    clientId: 'app',
    clientSecret: 'a secret of this client',
    baseUrl: 'https://app.example',
    session: { secret },
  };

  it.each<[string, object, RegExp]>([
    ['nothing', { issuer: undefined }, /^Option issuer: expected an http\(s\) URL .*, came nothing\.$/],
    ['another type', { clientId: 7 }, /^Option clientId: expected a text that is not empty, came 7\.$/],
    ['http', { baseUrl: 'http://app.example' }, /^Option baseUrl: expected https .*, came "http:\/\/app\.example"\.$/],
    ['a group', { session: undefined }, /^Option session: expected an object with a secret, came nothing\.$/],
    [
      'a short secret',
      { session: { secret: 'hush' } },
      /^Option session\.secret: expected .*32 bytes.*, came a text of 4 bytes\.$/,
    ],
    ['an unknown name', { sesion: {} }, /^Option sesion is unknown\.$/],
    ['an unknown name in a group', { session: { secret, idel: 5 } }, /^Option session\.idel is unknown\.$/],
    [
      'a hook that is none',
      { hooks: { onLogin: 'mine' } },
      /^Option hooks: expected an object of the functions .*, came/,
    ],
  ])('[R96] are refused with name, expected and came: %s', (_what, wrong, message) => {
    const options = { ...good, ...wrong } as unknown as OidcOptions;
    expect(() => oidc(options)).toThrow(ConfigurationError);
    expect(() => oidc(options)).toThrow(message);
  });

  it('[R47] [R92] show nothing of a secret', () => {
    const refused = (): unknown => oidc({ ...good, session: { secret: ['hush hush'] } });
    expect(refused).toThrow('came a list of a text of 9 bytes');
    expect(refused).not.toThrow('hush');
  });

  it('[RULE 8.3] warn once of sessions in memory, in production', () => {
    const program = `
      import { oidc } from './packages/express/src/index.js';
      const options = ${JSON.stringify(good)};
      oidc(options);
      oidc({ ...options, clientId: 'another' });`;
    const root = resolve(__dirname, '../../..');
    const { outputFiles } = buildSync({
      stdin: { contents: program, resolveDir: root },
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      alias: { '@latchkey/core': resolve(root, 'packages/core/src/index.ts') },
    });
    const run = (mode: string): string =>
      spawnSync(process.execPath, ['--input-type=module'], {
        input: outputFiles[0]!.text,
        cwd: root,
        env: { ...process.env, NODE_ENV: mode },
        encoding: 'utf8',
      }).stderr;
    expect(run('production').match(/LATCHKEY_MEMORY_STORE/g)).toHaveLength(1);
    expect(run('development')).toBe('');
  });
});
