// What the compiler says of the API: it reads this file with `tsc -p tsconfig.spec.json`, which fails where a type is not
// the one named here, and where a line that must not compile does. Run, the handlers are only registered.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { EndReason, IdToken, OidcOptions, UserClaims } from '@latchkey/core';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { oidc, type OidcMiddleware, requireLogin, type SignedIn } from './index.js';

declare module '@latchkey/core' {
  interface UserClaims {
    /** A claim of the program's own. */
    readonly 'https://shop.example/roles'?: readonly string[];
  }
}

interface Member {
  readonly id: number;
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** `type<T>().of(value)` compiles when T is the type of the value, and no other. */
function type<T>(): { of: <A>(value: A, ...not: Same<A, T> extends true ? [] : [never]) => void } {
  return { of: () => undefined };
}

const app = express();
const upload: RequestHandler = (_req, _res, next) => next();

describe('the type of req.oidc', () => {
  it('has a user or none where no login is required', () => {
    app.get('/a', (req) => {
      type<UserClaims | undefined>().of(req.oidc.user);
      type<boolean>().of(req.oidc.isAuthenticated);
      type<IdToken | undefined>().of(req.oidc.claims);
      // @ts-expect-error nobody may be signed in
      void req.oidc.user.sub;
      // @ts-expect-error it is only read
      req.oidc.user = undefined;
      // @ts-expect-error it is only read
      req.oidc = { ...req.oidc };
    });
    const named = (req: Request): UserClaims | undefined => req.oidc.user;
    expect(named).toBeDefined();
  });

  it('has a user with the claims after requireLogin()', () => {
    app.get('/b', requireLogin(), (req, res) => {
      type<UserClaims>().of(req.oidc.user);
      type<string>().of(req.oidc.user.sub);
      type<string | undefined>().of(req.oidc.user.email);
      // @ts-expect-error no such claim
      res.json(req.oidc.user.shoeSize);
    });
    expect(requireLogin()).toBeInstanceOf(Function);
  });

  it('has the claims that the program has merged in', () => {
    app.get('/c', requireLogin(), (req) => {
      type<readonly string[] | undefined>().of(req.oidc.user['https://shop.example/roles']);
    });
    const user: UserClaims = { sub: 'ada', 'https://shop.example/roles': ['admin'] };
    // @ts-expect-error a claim of another type
    const wrong: UserClaims = { sub: 'ada', 'https://shop.example/roles': 'admin' };
    expect(user).not.toEqual(wrong);
  });

  it('has the user that onLogin makes, after requireLogin<User>(), in every handler of the chain', () => {
    app.get('/d', requireLogin<Member>(), (req) => type<Member>().of(req.oidc.user));
    app.use('/d', requireLogin<Member>(), (req) => type<Member>().of(req.oidc.user));
    app.get(
      '/d',
      requireLogin<Member>(),
      (req, _res, next) => {
        type<Member>().of(req.oidc.user);
        next();
      },
      async (req, res) => {
        await Promise.resolve();
        res.json(req.oidc.user.id + 1);
        // @ts-expect-error the claims are not the user any more
        void req.oidc.user.sub;
      },
    );
    app.get('/d', requireLogin<Member | null>(), (req) => type<Member | null>().of(req.oidc.user));
  });

  it('leaves the parameters, the query, the body and res.locals as Express types them', () => {
    app.post('/e/:order/lines/:line', requireLogin<Member>(), (req, res) => {
      type<{ order: string } & { line: string }>().of(req.params);
      type<Request['query']>().of(req.query);
      type<Request['body']>().of(req.body);
      res.locals.theme = 'dark';
      res.status(200).json({ id: req.oidc.user.id });
      // @ts-expect-error no such parameter in the path
      void req.params.item;
    });
    const router = express.Router();
    router.use(requireLogin());
    router.route('/f/:id').put(requireLogin<Member>(), (req) => {
      type<{ id: string }>().of(req.params);
      type<Member>().of(req.oidc.user);
    });
    app.use('/f', requireLogin<Member>(), router);
  });

  it('reaches past handlers that know nothing of it', () => {
    app.post('/g', upload, requireLogin<Member>(), upload, (req) => type<Member>().of(req.oidc.user));
    app.post('/g', [requireLogin<Member>(), upload]);
    app.get('/g', requireLogin(), (req: Request, res: Response, next: NextFunction) => {
      res.json(req.oidc.user);
      next();
    });
    const own = (req: Request<{ id: string }, unknown, unknown, object, SignedIn<Member>>): number => req.oidc.user.id;
    app.get('/g/:id', requireLogin<Member>(), own);
    // @ts-expect-error a handler that says its user is UserClaims, behind one that says it is a Member
    app.get('/g', requireLogin<Member>(), (_req: Request, res: Response) => res.end());
  });
});

describe('the type of res.oidc', () => {
  it('signs in and out', () => {
    app.get('/h', (req, res) => res.oidc.login({ returnTo: req.originalUrl, authorizationParams: { max_age: 60 } }));
    app.get('/h', (_req, res) => res.oidc.logout({ returnTo: '/' }));
    app.get('/h', async (_req, res) => {
      // @ts-expect-error not a parameter's value
      await res.oidc.login({ authorizationParams: { claims: {} } });
      // @ts-expect-error what a login begins under is not the program's to say
      await res.oidc.login({ beganUnder: 'another' });
      // @ts-expect-error no such option
      await res.oidc.logout({ target: '/' });
    });
  });
});

describe('the type of oidc()', () => {
  const options: OidcOptions = {
    issuer: 'https://op.example',
    clientId: 'app',
    baseUrl: 'https://app.example',
    session: { secret: 'a secret of forty bytes, for tests alone' },
  };

  it('is a middleware with its client', () => {
    const auth: OidcMiddleware = oidc(options);
    app.use(auth);
    app.use('/sub', auth);
    const [redirectUri]: readonly string[] = auth.client.metadata().redirect_uris;
    expect(redirectUri).toBe('https://app.example/auth/callback');
    // @ts-expect-error it stays
    expect(() => void (auth.client = oidc(options).client)).not.toThrow();
  });

  it('takes options and hooks of their types alone', () => {
    const hooks: OidcOptions['hooks'] = {
      onLogin: ({ user, idToken }) => ({
        id: user.sub.length,
        roles: user['https://shop.example/roles'],
        at: idToken.iat,
      }),
      onLogout: async ({ reason, sessions }) => {
        type<EndReason>().of(reason);
        await Promise.resolve(sessions.length);
      },
      onError: (error, { tryAgain }) => (error.code === 'login_refused' ? { redirect: tryAgain } : undefined),
    };
    expect(() => oidc({ ...options, hooks })).not.toThrow();
    // @ts-expect-error an option is missing
    expect(() => oidc({ issuer: 'https://op.example' })).toThrow();
    // @ts-expect-error no such option
    expect(() => oidc({ ...options, sesion: {} })).toThrow();
    // @ts-expect-error no such hook
    expect(() => oidc({ ...options, hooks: { onSignIn: () => undefined } })).toThrow();
    // @ts-expect-error no such code
    const onError: NonNullable<OidcOptions['hooks']>['onError'] = (error) => void (error.code === 'login_refussed');
    expect(onError).toBeInstanceOf(Function);
  });
});

it('publishes no any of ours', () => {
  const root = resolve(__dirname, '../../..');
  const to = mkdtempSync(join(tmpdir(), 'latchkey-types-'));
  const sources = ['core', 'express'].map((name) => join(root, `packages/${name}/src/index.ts`));
  const config = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      ...{ composite: false, declarationMap: false, emitDeclarationOnly: true, noCheck: true },
      ...{ paths: { '@latchkey/core': [sources[0]] }, typeRoots: [join(root, 'node_modules/@types')] },
      ...{ rootDir: root, outDir: to },
    },
    files: sources,
  };
  writeFileSync(join(to, 'tsconfig.json'), JSON.stringify(config));
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', to]);
  const emitted = readdirSync(to, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'));
  const found = emitted.flatMap((name) => anysIn(readFileSync(join(to, name), 'utf8')).map((any) => `${name}: ${any}`));
  rmSync(to, { recursive: true });
  expect(emitted).toEqual(expect.arrayContaining(sources.map((path) => relative(root, path).replace('.ts', '.d.ts'))));
  expect(found).toEqual([]);
}, 60_000);

/** What stands around each `any` of a declaration; comments and texts are no types. */
function anysIn(declarations: string): string[] {
  const bare = declarations.replace(/\/\*[\s\S]*?\*\/|'[^'\n]*'|"[^"\n]*"/g, '');
  return bare.split('\n').filter((line) => /\bany\b/.test(line));
}

it('would find one', () => {
  expect(anysIn("export declare const a: 'any' | any; /** any */\nexport type B = 'any';")).toHaveLength(1);
});
