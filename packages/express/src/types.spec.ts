// What the compiler says of the API: it reads this file with `tsc -p tsconfig.spec.json`, which fails where a type is not
// the one named here, and where a line that must not compile does. Run, the handlers are only registered.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { EndReason, IdToken, OidcOptions, TokenOptions, UserClaims, VerifiedToken } from '@latchkey/core';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import ts from 'typescript';
import {
  type Authorized,
  oidc,
  type OidcMiddleware,
  protectedResourceMetadata,
  requireClaim,
  requireLogin,
  requireLoginOrToken,
  requireScope,
  requireToken,
  type SignedIn,
} from './index.js';

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

describe('the type of req.auth', () => {
  interface Claims {
    readonly tenant: string;
  }
  const api = { issuer: 'https://op.example', audience: 'https://api.example' };
  const options: TokenOptions = api;

  it('is a token or none where no guard stands', () => {
    app.get('/i', (req) => {
      type<VerifiedToken | undefined>().of(req.auth);
      // @ts-expect-error no token may have come
      void req.auth.sub;
      // @ts-expect-error it is only read
      req.auth = undefined;
    });
    const named = (req: Request): VerifiedToken | undefined => req.auth;
    expect(named).toBeDefined();
  });

  it('is a token after requireToken(), with the claims that it names', () => {
    app.get('/j/:id', requireToken(api), (req, res) => {
      type<VerifiedToken>().of(req.auth);
      type<ReadonlySet<string>>().of(req.auth.scopes);
      type<{ id: string }>().of(req.params);
      type<unknown>().of(req.auth.claims.tenant);
      // @ts-expect-error nothing can be put in
      void req.auth.scopes.add;
      res.json(req.auth.sub);
    });
    app.use('/j', requireToken<Claims>(api), upload, (req) => {
      type<VerifiedToken<Claims>>().of(req.auth);
      type<string>().of(req.auth.claims.tenant);
      // @ts-expect-error another type
      type<number>().of(req.auth.claims.tenant);
    });
    const own = (req: Request<object, unknown, unknown, object, Authorized<VerifiedToken<Claims>>>): string =>
      req.auth.claims.tenant;
    app.get('/j', requireToken<Claims>(api), own);
  });

  it('may be none where it is optional, or where that is not known', () => {
    app.get('/k', requireToken({ ...api, optional: true }), (req) => type<VerifiedToken | undefined>().of(req.auth));
    app.get('/k', requireToken<Claims>(options), (req) => type<VerifiedToken<Claims> | undefined>().of(req.auth));
    app.get('/k', requireToken({ ...api, optional: false }), (req) => type<VerifiedToken>().of(req.auth));
    // @ts-expect-error no such option
    expect(() => requireToken({ ...api, scopes: 'a' })).toThrow('Option scopes is unknown.');
    // @ts-expect-error an option is missing
    expect(() => requireToken({ audience: 'https://api.example' })).toThrow('Option issuer');
  });

  it('is a token after requireScope() and requireClaim(), by itself and behind a guard', () => {
    app.get('/l', requireScope('a b'), (req) => type<VerifiedToken>().of(req.auth));
    app.get('/l', requireClaim<Claims>('role', 'admin'), (req) => type<VerifiedToken<Claims>>().of(req.auth));
    app.get(
      '/l/:id',
      requireToken<Claims>(api),
      requireScope(['a']),
      requireClaim('age', (age) => Number(age) > 17),
      (req) => {
        type<VerifiedToken<Claims>>().of(req.auth);
        type<{ id: string }>().of(req.params);
      },
    );
    app.get('/l', requireLoginOrToken(), requireScope('a'), (req) => type<VerifiedToken | undefined>().of(req.auth));
    // @ts-expect-error not what a claim can be
    expect(() => requireClaim('roles', ['admin'])).toThrow('Option claims.roles');
  });

  it('is a token, or else there is a user, after requireLoginOrToken()', () => {
    app.get('/m', requireLoginOrToken(), (req) => {
      type<VerifiedToken | undefined>().of(req.auth);
      type<UserClaims | undefined>().of(req.oidc.user);
    });
    app.get(
      '/m/:id',
      upload,
      requireLoginOrToken<Member, Claims>({ acr: 'gold', token: { scope: 'a' } }),
      (req, res) => {
        type<VerifiedToken<Claims> | undefined>().of(req.auth);
        type<Member | undefined>().of(req.oidc.user);
        res.json(req.auth?.claims.tenant ?? req.oidc.user?.id ?? req.params.id);
      },
    );
    // @ts-expect-error a session decides about what has no header
    expect(() => requireLoginOrToken({ token: { bodyToken: true } })).toThrow('Option bodyToken');
  });

  it('leaves routers, error handlers and the metadata alone', () => {
    const router = express.Router();
    router.use(requireToken(api)).get('/n/:id', requireScope('a'), (req) => type<{ id: string }>().of(req.params));
    const about = { ...api, resource: 'https://api.example' };
    app.use(protectedResourceMetadata(about, { resource_name: 'Orders' }));
    app.get('/.well-known/oauth-protected-resource', protectedResourceMetadata(about));
    // @ts-expect-error it needs a name
    expect(() => protectedResourceMetadata(api)).toThrow('Option resource');
  });
});

describe('beside a library that says itself what req.auth is', () => {
  const theirs = `
    declare global { namespace Express { interface Request { auth?: { readonly payload: { readonly sub?: string } } } } }
    export {};`;
  const program = `
    import './theirs.js';
    import express from 'express';
    import { requireScope, requireToken } from './index.js';
    const app = express();
    app.get('/theirs', (req) => void req.auth?.payload.sub);
    app.get('/ours', requireToken({ issuer: '', audience: '' }), (req) => void req.auth.scopes.has('a'));
    app.get('/ours', requireScope('a'), (req) => void req.auth.claims.tenant);`;

  it('is theirs, and a token of ours behind guards of ours, where declarations are not checked', () => {
    expect(errorsIn({ 'theirs.ts': theirs, 'program.ts': program })).toEqual([]);
  }, 120_000);
});

/** What the compiler says of files that would stand beside this one. */
function errorsIn(files: Readonly<Record<string, string>>): string[] {
  const root = resolve(__dirname, '../../..');
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const alone = { noEmit: true, composite: false, declaration: false, declarationMap: false };
  const paths = { '@latchkey/core': [join(root, 'packages/core/src/index.ts')] };
  const base = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.base.json'), { ...alone, paths }, host);
  const options = base?.options ?? {};
  const compiler = ts.createCompilerHost(options);
  const onDisk = { ...compiler };
  const virtual = new Map(Object.entries(files).map(([name, text]) => [join(__dirname, name), text]));
  compiler.readFile = (name) => virtual.get(name) ?? onDisk.readFile(name);
  compiler.fileExists = (name) => virtual.has(name) || onDisk.fileExists(name);
  const program = ts.createProgram([...virtual.keys()], options, compiler);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}

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
