import { AuthorizationError, type Hooks, refuseLogin } from '@latchkey/core';
import type { NextFunction, Request, Response as ExpressResponse } from 'express';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { type Page, UserAgent } from '../../core/test/user-agent.js';
import { actionOf, App, background, json, majors, pages, signIn, signOut } from '../test/app.js';
import { requireLogin } from './index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

/** The user clicks "Cancel" at the OP. */
function cancel(agent: UserAgent, page: Page): Promise<Page> {
  const href = /href="([^"]*\/abort)"/.exec(page.text)?.[1] ?? '';
  return agent.open(new URL(href, page.url).href);
}

describe.each(majors)('hooks on $name', ({ express }) => {
  /** A program whose error handler tells what reached it. */
  function start(hooks: Hooks): Promise<App> {
    return App.start(op, express, { hooks }, (program, auth) => {
      program.use(auth);
      pages(program);
      program.get('/silent', (_req, res) => res.oidc.login({ authorizationParams: { prompt: 'none' } }));
      program.use((error: Error, _req: Request, res: ExpressResponse, _next: NextFunction) => {
        res.status(500).send(`the program: ${error.message}`);
      });
    });
  }

  describe('onLogin', () => {
    it('maps the claims to a user of the program, and is awaited', async () => {
      interface Member {
        readonly id: number;
        readonly mail: string | undefined;
      }
      const members = new Map([['ada', 7]]);
      const hooks: Hooks = {
        onLogin: async ({ user, idToken, tokens, request }): Promise<Member> => {
          await Promise.resolve();
          expect([idToken.sub, tokens.token_type, new URL(request.url).search]).toEqual(['ada', 'Bearer', '']);
          return { id: members.get(user.sub) ?? 0, mail: user.email };
        },
      };
      const app = await App.start(op, express, { hooks }, (program, auth) => {
        program.use(auth);
        pages(program);
        program.get('/members', requireLogin<Member>(), (req, res) => void res.json({ id: req.oidc.user.id + 1 }));
      });
      const agent = new UserAgent();
      expect(json(await signIn(agent, op, app)).user).toEqual({ id: 7, mail: 'ada@example.com' });
      expect(json(await agent.fetch(`${app.url}/members`))).toEqual({ id: 8 });
    });

    it('leaves the claims where it returns nothing', async () => {
      const app = await start({ onLogin: () => undefined });
      expect(json(await signIn(new UserAgent(), op, app)).user).toMatchObject({ sub: 'ada', name: 'Name of ada' });
    });

    it('[R98] [RULE 4.9] refuses, and the user reads why, escaped', async () => {
      const app = await start({
        onLogin: async ({ user }) =>
          Promise.resolve(user.sub === 'eve' ? refuseLogin('No <b>eves</b> & no "mallets".') : user),
      });
      const agent = new UserAgent();
      const page = await signIn(agent, op, app, 'eve');
      expect(page.status).toBe(403);
      expect(page.text).toContain('You cannot sign in here');
      expect(page.text).toContain('No &#60;b&#62;eves&#60;/b&#62; &#38; no &#34;mallets&#34;.');
      expect(actionOf(page)).toBe(`${app.url}/auth/login?returnTo=%2Fprivate`);
      expect(await app.who(agent)).toBeNull();
      expect(await app.auth.client.store.list(app.auth.client.ref, 'eve')).toEqual([]);
    });

    it('keeps the session there was when it refuses', async () => {
      let open = true;
      const app = await start({ onLogin: ({ user }) => (open ? user : refuseLogin('Closed.')) });
      const agent = new UserAgent();
      await signIn(agent, op, app);
      open = false;
      expect((await agent.open(`${app.url}/auth/login`)).status).toBe(403);
      expect(await app.who(agent)).toMatchObject({ sub: 'ada' });
    });

    it.each<[string, () => unknown]>([
      [
        'throws',
        () => {
          throw new Error('the database is away');
        },
      ],
      ['rejects', () => Promise.reject(new Error('the database is away'))],
    ])("that %s something else reaches the program's error handler, and signs nobody in", async (_how, onLogin) => {
      const app = await start({ onLogin });
      const agent = new UserAgent();
      const page = await signIn(agent, op, app);
      expect([page.status, page.text]).toEqual([500, 'the program: the database is away']);
      expect(await app.who(agent)).toBeNull();
    });
  });

  describe('onError', () => {
    it("[R15] [R93] gets the OP's refusal as a typed error, and answers with a page of its own", async () => {
      const seen: unknown[] = [];
      const app = await start({
        onError: async (error, { request, tryAgain }) => {
          await Promise.resolve();
          const op = error instanceof AuthorizationError ? error.response.error : undefined;
          seen.push([error.code, error.status, op, request.url, tryAgain]);
          return { html: '<h1>Another time, then.</h1>' };
        },
      });
      const agent = new UserAgent();
      const page = await cancel(agent, await agent.open(`${app.url}/private`));
      expect([page.status, page.text]).toEqual([403, '<h1>Another time, then.</h1>']);
      expect(page.headers.get('cache-control')).toBe('private, no-store');
      expect(seen).toEqual([
        ['authorization_error', 403, 'access_denied', `${app.url}/auth/callback`, '/auth/login?returnTo=%2Fprivate'],
      ]);
    });

    it('[R15] answers with a redirect, for one that could not be signed in silently', async () => {
      const app = await start({
        onError: (error) =>
          error instanceof AuthorizationError && error.response.error === 'login_required'
            ? { redirect: '/public' }
            : undefined,
      });
      const agent = new UserAgent();
      const page = await agent.open(`${app.url}/silent`);
      expect([page.url, page.status]).toEqual([`${app.url}/public`, 200]);
      expect(agent.names('localhost').filter((name) => name.startsWith('latchkey'))).toEqual([]);
    });

    it('answers with a response, and our cookies go out with it', async () => {
      const app = await start({ onError: ({ code }) => Response.json({ mine: code }, { status: 418 }) });
      const agent = new UserAgent();
      const page = await cancel(agent, await agent.open(`${app.url}/private`));
      expect([page.status, json(page)]).toEqual([418, { mine: 'authorization_error' }]);
      expect(page.headers.getSetCookie()).toEqual([expect.stringMatching(/Max-Age=0/)]);
    });

    it('[R15] leaves our page where it returns nothing', async () => {
      const app = await start({ onError: () => undefined });
      const agent = new UserAgent();
      const page = await cancel(agent, await agent.open(`${app.url}/private?a=1`));
      expect(page.status).toBe(403);
      expect(page.text).toContain('The sign-in was cancelled or not allowed.');
      const again = await op.signIn(agent, await agent.open(actionOf(page)));
      expect(again.url).toBe(`${app.url}/private?a=1`);
    });

    it('[R15] [R49] hears of requireLogin() and of forgeries too', async () => {
      const codes: string[] = [];
      const app = await start({ onError: ({ code }) => void codes.push(code) });
      const agent = new UserAgent();
      await agent.fetch(`${app.url}/private`, { headers: background });
      await signIn(agent, op, app);
      await agent.fetch(`${app.url}/private`, { form: {}, headers: { 'sec-fetch-site': 'cross-site' } });
      expect(codes).toEqual(['login_required', 'csrf_refused']);
    });

    it("that throws reaches the program's error handler", async () => {
      const app = await start({ onError: () => Promise.reject(new Error('no template')) });
      const pages = [`${app.url}/auth/callback?error=access_denied`, `${app.url}/private`];
      for (const url of pages) {
        const page = await new UserAgent().fetch(url, { headers: { ...background, accept: 'text/html' } });
        expect([page.status, page.text]).toEqual([500, 'the program: no template']);
      }
    });
  });

  describe('onLogout', () => {
    it('[R67] hears of every way out with its reason, and is awaited', async () => {
      const heard: unknown[] = [];
      const app = await start({
        onLogout: async ({ reason, sessions }) => {
          heard.push('begun');
          await new Promise(setImmediate);
          heard.push(`${reason} of ${sessions.map(({ sub }) => sub).join()}`);
        },
      });
      const other = await App.start(op, express);
      const agent = new UserAgent();
      await signIn(agent, op, app);
      await signIn(agent, op, other);
      await signOut(agent, other);
      heard.push('answered');
      await signIn(agent, op, app);
      await app.post(agent, '/auth/logout');
      heard.push('answered');
      await signIn(agent, op, app);
      await agent.open(`${app.url}/auth/login`);
      expect(heard).toEqual([
        ...['begun', 'back_channel of ada', 'answered'],
        ...['begun', 'rp_initiated of ada', 'answered'],
        ...['begun', 'new_login of ada'],
      ]);
    });

    it('that fails undoes no logout', async () => {
      const app = await start({ onLogout: () => Promise.reject(new Error('the mail server is away')) });
      const agent = new UserAgent();
      await signIn(agent, op, app);
      expect((await app.post(agent, '/auth/logout')).status).toBe(200);
      expect(await app.who(agent)).toBeNull();
    });
  });
});
