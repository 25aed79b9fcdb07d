import { html, type Html } from './html.js';
import { page, type Look } from './pages.js';

/** How the sign-in service is told from the apps. */
export const look: Look = { id: 'op', name: 'Sign-in service' };

/** Asks who it is; `user` is a name that was typed and is not known. */
export function loginPage({ issuer, app, user }: { issuer: string; app: string; user?: string }): string {
  const unknown = user !== undefined && html`<p class="wrong" role="alert">Nobody is called “${user}” here.</p>`;
  return opPage(
    issuer,
    'Sign in',
    html`<h1>Sign in to ${app}</h1>
      <p>Two people live here: <b>ada</b> and <b>grace</b>. Any password will do.</p>
      ${unknown}
      <form method="post">
        <label>User <input name="user" autocomplete="off" autocapitalize="none" required autofocus /></label>
        <label>Password <input name="password" type="password" autocomplete="off" required /></label>
        <div class="acts">
          <button class="act">Sign in</button>
          <button class="act quiet" name="cancel" value="yes" formnovalidate>Cancel</button>
        </div>
      </form>`,
  );
}

/** Ends the session here: by itself when an app proved for whom it asks, else by its button. */
export function logoutPage({ issuer, form, proven }: { issuer: string; form: Html; proven: boolean }): string {
  return opPage(
    issuer,
    'Sign out',
    html`<h1>Sign out</h1>
      <p>This ends your session here and at every app that you walked into.</p>
      ${form}
      <button class="act" form="op.logoutForm" name="logout" value="yes">Sign out everywhere</button>
      ${proven && html`<script src="/leave.js" type="module"></script>`}`,
  );
}

/** Says one thing. */
export function messagePage(issuer: string, title: string, text: string): string {
  return opPage(
    issuer,
    title,
    html`<h1>${title}</h1>
      <p>${text}</p>`,
  );
}

function opPage(origin: string, title: string, body: Html): string {
  return page(look, { title, origin, body: html`<main class="narrow"><section class="card">${body}</section></main>` });
}
