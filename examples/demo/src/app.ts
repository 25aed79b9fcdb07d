import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { OidcClient, RegisteredClient } from '@latchkey/core';
import { oidc, requireLogin } from '@latchkey/express';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { appPage, type Look, type Neighbour, storyItems } from './pages.js';
import { Story } from './story.js';

export interface AppOptions {
  readonly look: Look;
  readonly issuer: string;
  readonly origin: string;
  readonly other: Neighbour;
}

/** An app, and what the OP must know of it. */
export interface App {
  readonly handler: Express;
  readonly client: OidcClient;
  readonly story: Story;
  readonly registration: RegisteredClient & { readonly client_name: string; readonly client_secret: string };
}

/** The style sheet, the marks and the scripts, which all three sites share. */
export const assets: RequestHandler = express.static(fileURLToPath(new URL('../public', import.meta.url)));

/** Makes one of the two apps: everything that has to do with signing in is `oidc()` and `requireLogin()`. */
export function createApp({ look, issuer, origin, other }: AppOptions): App {
  const clientSecret = randomBytes(32).toString('hex');
  const login = oidc({
    issuer,
    clientId: look.id,
    clientSecret,
    baseUrl: origin,
    session: { secret: randomBytes(32).toString('hex') },
  });
  const { client } = login;
  const story = new Story(client);
  const show = (req: Request, res: Response): void => {
    res.send(appPage({ look, client, other, story, session: req.oidc.session }));
  };

  const handler = express().disable('x-powered-by').use(policy, assets, login);
  handler.get('/', show);
  handler.get('/me', requireLogin(), show);
  handler.get('/news', (req, res) => {
    const { after, session } = req.query;
    const now = req.oidc.session?.record.id ?? '';
    const entries = storyItems(story.after(Number(after)), 'fresh');
    res.json({
      last: story.last,
      items: entries.map(({ text }) => text).join(''),
      session: now,
      reason: typeof session === 'string' && session !== now ? story.endOf(session) : undefined,
    });
  });
  const registration = { ...client.metadata(), client_name: look.name, client_secret: clientSecret };
  return { handler, client, story, registration };
}

/** Everything a page needs comes from its own site, and nobody may frame it. Pages of Latchkey bring a policy of their own. */
const policy: RequestHandler = (_req, res, next) => {
  res.set({
    'Content-Security-Policy':
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
};
