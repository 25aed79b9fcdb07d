import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { OidcClient, OidcOptions, RegisteredClient, Session } from '@latchkey/core';
import express, { type RequestHandler } from 'express';
import { appPage, lostPage, type Look, type Neighbour, storyItems } from './pages.js';
import { Story } from './story.js';

export interface AppOptions {
  readonly look: Look;
  readonly issuer: string;
  readonly origin: string;
  readonly other: Neighbour;
}

/** An app, and what the OP must know of it. */
export interface App {
  readonly handler: RequestListener;
  readonly client: OidcClient;
  readonly story: Story;
  readonly registration: RegisteredClient & { readonly client_name: string; readonly client_secret: string };
}

/** What both apps tell `oidc()` and `OidcModule.forRoot()`. */
export function optionsOf({ look, issuer, origin }: AppOptions): OidcOptions & { readonly clientSecret: string } {
  return {
    issuer,
    clientId: look.id,
    clientSecret: randomBytes(32).toString('hex'),
    baseUrl: origin,
    session: { secret: randomBytes(32).toString('hex') },
  };
}

/** What the news of an app are asked for with: the last entry that a page has, and the session that it shows. */
export interface NewsQuery {
  readonly after?: unknown;
  readonly session?: unknown;
}

/** What an app shows, whatever framework serves it. */
export class AppView {
  readonly story: Story;
  readonly #options: AppOptions;
  readonly #client: OidcClient;

  constructor(options: AppOptions, client: OidcClient) {
    this.#options = options;
    this.#client = client;
    this.story = new Story(client);
  }

  page(session: Session | undefined): string {
    return appPage({ ...this.#options, client: this.#client, story: this.story, session });
  }

  /** What an address says where nothing is. */
  lost(): string {
    return lostPage(this.#options.look, this.#options.origin);
  }

  news(session: Session | undefined, { after, session: shown }: NewsQuery): object {
    const now = session?.record.id ?? '';
    return {
      last: this.story.last,
      items: storyItems(this.story.after(Number(after)), 'fresh')
        .map(({ text }) => text)
        .join(''),
      session: now,
      reason: typeof shown === 'string' && shown !== now ? this.story.endOf(shown) : undefined,
    };
  }

  app(handler: RequestListener, clientSecret: string): App {
    const registration = {
      ...this.#client.metadata(),
      client_name: this.#options.look.name,
      client_secret: clientSecret,
    };
    return { handler, client: this.#client, story: this.story, registration };
  }
}

/** The style sheet, the marks and the scripts, which all three sites share. */
export const assets: RequestHandler = express.static(fileURLToPath(new URL('../public', import.meta.url)));

/** Everything a page needs comes from its own site, and nobody may frame it. Pages of Latchkey bring a policy of their own. */
export const policy: RequestHandler = (_req, res, next) => {
  res.set({
    'Content-Security-Policy':
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
};
