import type { OidcClient, Session } from '@latchkey/core';
import { html, type Html } from './html.js';
import type { Entry, Story } from './story.js';

/** How a site is told from the others: by its name and its colour. */
export interface Look {
  readonly id: 'notes' | 'photos' | 'op';
  readonly name: string;
  /** The framework that it stands on. */
  readonly madeWith?: string;
}

/** Another app to walk into. */
export interface Neighbour extends Look {
  readonly origin: string;
}

/** A whole page, in the look of its site. */
export function page(look: Look, { title, origin, body }: { title: string; origin: string; body: Html }): string {
  return html`<!doctype html>
    <html lang="en" class="${look.id}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <link rel="icon" href="/${look.id}.svg" />
        <link rel="stylesheet" href="/demo.css" />
      </head>
      <body>
        <header>
          <a href="/"><img src="/${look.id}.svg" alt="" width="28" height="28" />${look.name}</a>
          <span class="origin">${look.madeWith && `${look.madeWith} at `}${new URL(origin).host}</span>
        </header>
        ${body}
      </body>
    </html>`.text;
}

/** What a site says of an address where nothing is. */
export function lostPage(look: Look, origin: string): string {
  const title = 'There is no such page';
  const body = html`<main class="narrow">
    <section class="card">
      <h1>${title}</h1>
      <p>Nothing is at this address.</p>
      <a class="act" href="/">Go to the first page</a>
    </section>
  </main>`;
  return page(look, { title, origin, body });
}

/** What an app shows: who is signed in, and what happened. */
export interface AppPage {
  readonly look: Look;
  readonly client: OidcClient;
  readonly other: Neighbour;
  readonly session: Session | undefined;
  readonly story: Story;
}

/** An app's one page. */
export function appPage(view: AppPage): string {
  const { look, client, session, story } = view;
  const entries = story.after(0);
  const body = html`<main data-session="${session?.record.id ?? ''}" data-last="${story.last}">
      <div aria-live="polite">
        ${session ? signedIn(view, session) : signedOut(look)}
        <section class="card ended" id="ended" hidden>
          <h1>You were signed out</h1>
          <p id="reason"></p>
          <a class="act" href="/auth/login">Sign in again</a>
        </section>
      </div>
      <section class="story">
        <h2>What happened here</h2>
        <ol id="story">
          ${storyItems(entries)}
        </ol>
        <p class="empty">Nothing yet. Sign in, and watch.</p>
      </section>
    </main>
    <script src="/live.js" type="module"></script>`;
  return page(look, { title: look.name, origin: client.baseUrl, body });
}

function signedOut({ name }: Look): Html {
  return html`<section class="card" id="signed-out">
    <h1>You are signed out</h1>
    <p>${name} knows no passwords. It asks the sign-in service, and that knows <b>ada</b> and <b>grace</b>.</p>
    <a class="act" href="/auth/login">Sign in</a>
  </section>`;
}

function signedIn({ other }: AppPage, session: Session): Html {
  const { user, claims } = session;
  const name = user.name ?? user.sub;
  const rows = Object.entries({ ...user, ...claims?.toJSON() }).map(
    ([claim, value]) =>
      html`<dt>${claim}</dt>
        <dd data-claim="${claim}">${typeof value === 'string' ? value : JSON.stringify(value)}</dd>`,
  );
  return html`<section class="card" id="signed-in">
    <div class="who">
      <span class="face" aria-hidden="true">${name.slice(0, 1)}</span>
      <div>
        <h1>${name}</h1>
        <p>${user.email}, signed in since ${clock(session.createdAt)}</p>
      </div>
    </div>
    <p>Walk into ${other.name} without a password. Then sign out at either, and watch the other.</p>
    <form method="post" action="/auth/logout" class="acts">
      <a class="act" href="${other.origin}/me" target="_blank">Open ${other.name}</a>
      <button class="act quiet">Sign out</button>
    </form>
    <details>
      <summary>What the sign-in service said</summary>
      <dl>${rows}</dl>
    </details>
  </section>`;
}

/** Entries as they stand in the list; those that come to an open page show it. */
export function storyItems(entries: readonly Entry[], look = ''): readonly Html[] {
  return entries.map(
    ({ at, title, detail, source }) =>
      html`<li class="${look}">
        <time datetime="${at.toISOString()}">${clock(at)}</time>
        <div>
          <div class="what"><b>${title}</b> <code>${source}</code></div>
          <p>${detail}</p>
        </div>
      </li>`,
  );
}

function clock(time: Date): string {
  return time.toTimeString().slice(0, 8);
}
