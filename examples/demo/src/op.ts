import { generateKeyPairSync, randomBytes } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import type Provider from 'oidc-provider';
import type { ClientMetadata, Configuration, Grant, JWK, KoaContextWithOIDC } from 'oidc-provider';
import { assets } from './app.js';
import { Html } from './html.js';
import { OpMemory } from './op-memory.js';
import { loginPage, logoutPage, look, messagePage } from './op-pages.js';
import { lostPage } from './pages.js';

/** Who can sign in; any password will do. */
export const users: ReadonlyMap<string, string> = new Map([
  ['ada', 'Ada Lovelace'],
  ['grace', 'Grace Hopper'],
]);

/** An OP that is not ours, so that the apps show what they do with anybody's: oidc-provider, with pages of its own. */
export async function createOp(issuer: string, clients: readonly ClientMetadata[]): Promise<Express> {
  const Provider = await importProvider();
  const provider = new Provider(issuer, configuration(issuer, clients));
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.status !== 404 || ctx.body !== undefined) return;
    ctx.body = lostPage(look, issuer);
    ctx.status = 404;
  });
  const op = express().disable('x-powered-by').use(policyFor(clients), assets);
  addLogin(op, provider);
  op.get('/', (_req, res) => {
    res.send(messagePage(issuer, 'Sign-in service', 'Start at one of the apps: it sends you here to sign in.'));
  });
  op.use(provider.callback(), failure(issuer));
  return op;
}

/** oidc-provider says at its import which Node it would rather have. It runs on this one, and the terminal is for people. */
async function importProvider(): Promise<typeof Provider> {
  const { warn } = console;
  console.warn = (...said: unknown[]) => {
    if (!String(said[0]).includes('Unsupported runtime')) warn(...said);
  };
  try {
    return (await import('oidc-provider')).default;
  } finally {
    console.warn = warn;
  }
}

/** Whatever is left to a default here, oidc-provider remarks upon in the terminal. */
function configuration(issuer: string, clients: readonly ClientMetadata[]): Configuration {
  const day = 86_400;
  return {
    clients: [...clients],
    adapter: memory(),
    jwks: { keys: [signingKey()] },
    cookies: {
      keys: [randomBytes(32).toString('hex')],
      names: { session: 'demo-op-session', interaction: 'demo-op-login', resume: 'demo-op-resume' },
    },
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: users.get(sub), email: `${sub}@example.com`, email_verified: true }),
    }),
    interactions: { url: (_ctx, { uid }) => `/login/${uid}` },
    loadExistingGrant: consent,
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: logout(issuer),
    },
    ttl: { AccessToken: 3600, AuthorizationCode: 60, IdToken: 3600, Interaction: 3600, Grant: day, Session: day },
    clientBasedCORS: () => false,
    renderError: (ctx, { error, error_description: text = 'No more is known.' }) => {
      ctx.type = 'html';
      ctx.body = messagePage(issuer, 'That did not work', `${text} (${error})`);
    },
    // Its guard against private addresses would stop every logout token on this machine.
    fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined }),
  };
}

function memory(): (kind: string) => OpMemory {
  const kinds = new Map<string, OpMemory>();
  return (kind) => {
    const found = kinds.get(kind) ?? new OpMemory();
    kinds.set(kind, found);
    return found;
  };
}

function signingKey(): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: 'demo', alg: 'RS256', use: 'sig' };
}

/** Both apps belong to the house, so nobody is asked. */
async function consent({ oidc }: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { client, session, provider } = oidc;
  if (!client || !session?.accountId) return undefined;
  const given = session.grantIdFor(client.clientId);
  const existing = given === undefined ? undefined : await provider.Grant.find(given);
  if (existing) return existing;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile email');
  await grant.save();
  return grant;
}

function logout(issuer: string): NonNullable<Configuration['features']>['rpInitiatedLogout'] {
  return {
    enabled: true,
    logoutSource: (ctx, form) => {
      // The ID token of the one who signs out: an app has it, a stranger's link has not.
      const proven = ctx.oidc.entities.IdTokenHint !== undefined;
      ctx.body = logoutPage({ issuer, form: new Html(form), proven });
    },
    postLogoutSuccessSource: (ctx) => {
      ctx.body = messagePage(issuer, 'You are signed out', 'Here, and at every app that you walked into.');
    },
  };
}

/** The page on which people say who they are. */
function addLogin(op: Express, provider: Provider): void {
  const { issuer } = provider;
  const appOf = async (clientId: unknown): Promise<string> =>
    (await provider.Client.find(String(clientId)))?.clientName ?? 'an app';
  op.get('/login/:uid', async (req, res) => {
    const { params } = await provider.interactionDetails(req, res);
    res.send(loginPage({ issuer, app: await appOf(params.client_id) }));
  });
  const form = express.urlencoded({ extended: false });
  op.post('/login/:uid', form, async (req: Request<{ uid: string }, unknown, Record<string, string>>, res) => {
    const { params } = await provider.interactionDetails(req, res);
    const { user = '', cancel } = req.body;
    const accountId = user.trim().toLowerCase();
    if (cancel) return provider.interactionFinished(req, res, { error: 'access_denied' });
    if (users.has(accountId)) return provider.interactionFinished(req, res, { login: { accountId } });
    res.status(400).send(loginPage({ issuer, app: await appOf(params.client_id), user }));
  });
}

/** Browsers hold the redirects that follow a form against form-action, and a login's lead back to an app. */
function policyFor(clients: readonly ClientMetadata[]): RequestHandler {
  const apps = clients.flatMap(({ redirect_uris: uris = [] }) => uris.map((uri) => new URL(uri).origin));
  const policy = `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self' ${apps.join(' ')}; base-uri 'none'; frame-ancestors 'none'`;
  return (_req, res, next) => {
    res.set({ 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' });
    next();
  };
}

/** A login page that is too old, or of another browser. */
function failure(issuer: string): ErrorRequestHandler {
  return (_error, _req, res, _next) => {
    res.status(400).send(messagePage(issuer, 'That did not work', 'Please go back to the app, and sign in again.'));
  };
}
