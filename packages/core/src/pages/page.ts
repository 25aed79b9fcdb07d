import { createHash } from 'node:crypto';

/** What stands on a page of ours. Every text is escaped here and nowhere else. */
export interface Page {
  readonly title: string;
  /** Plain sentences, one paragraph each. */
  readonly text: readonly string[];
  /** The one thing to do next. */
  readonly action?: { readonly label: string; readonly href: string };
  /** Technical detail, folded away. */
  readonly detail?: string;
  /** A form in place of the action, for what is too long for a link. */
  readonly form?: {
    readonly label: string;
    readonly action: string;
    readonly fields: readonly (readonly [string, string])[];
  };
  /** Goes on to this URL by itself at once. */
  readonly refresh?: string;
}

const style = `
:root{color-scheme:light dark;--ink:#1d2433;--soft:#5b6475;--paper:#fff;--back:#f3f4f8;--line:#e2e5ee;--act:#2746d8}
@media (prefers-color-scheme:dark){:root{--ink:#e9ebf2;--soft:#a3abbd;--paper:#1b202c;--back:#12151d;--line:#2d3444;--act:#8ea2ff}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--back);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
main{width:100%;max-width:29rem;padding:2.25rem;border:1px solid var(--line);border-radius:14px;background:var(--paper)}
h1{margin:0 0 .75rem;font-size:1.4rem;line-height:1.25}p{margin:0 0 .9rem;color:var(--soft)}
.act{display:inline-block;margin-top:.6rem;padding:.65rem 1.15rem;border:0;border-radius:9px;background:var(--act);color:var(--paper);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
.act:focus-visible{outline:3px solid var(--ink);outline-offset:2px}details{margin-top:1.6rem;font-size:.85rem;color:var(--soft)}summary{cursor:pointer}
code{display:block;margin-top:.5rem;overflow-wrap:anywhere;font:.8rem/1.5 ui-monospace,monospace}`;
/** Submits the one form of a page; the page works without it too. */
const script = 'document.forms[0].submit()';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const styleHash = hash(style);
const scriptHash = hash(script);

/** Escapes text for HTML, in elements and in double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The whole document. */
export function renderPage(page: Page): string {
  const { title, text, action, detail, form, refresh } = page;
  const parts = [`<h1>${escapeHtml(title)}</h1>`, ...text.map((line) => `<p>${escapeHtml(line)}</p>`)];
  if (action) parts.push(`<a class="act" href="${escapeHtml(action.href)}">${escapeHtml(action.label)}</a>`);
  if (form) {
    const fields = form.fields.map(
      ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
    );
    parts.push(
      `<form method="post" action="${escapeHtml(form.action)}">${fields.join('')}<button class="act">${escapeHtml(form.label)}</button></form><script>${script}</script>`,
    );
  }
  if (detail !== undefined)
    parts.push(`<details><summary>Technical details</summary><code>${escapeHtml(detail)}</code></details>`);
  const meta = refresh === undefined ? '' : `<meta http-equiv="refresh" content="0;url=${escapeHtml(refresh)}">`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>${meta}<style>${style}</style></head><body><main>${parts.join('')}</main></body></html>`;
}

/** The Content-Security-Policy of a page of ours. A page that goes on to the OP has no form-action: browsers apply it to the OP's redirects back. */
export function policyOf(page: Page): string {
  const leaves = page.form !== undefined || page.refresh !== undefined;
  return [
    "default-src 'none'",
    `style-src ${styleHash}`,
    ...(page.form ? [`script-src ${scriptHash}`] : []),
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(leaves ? [] : ["form-action 'none'"]),
  ].join('; ');
}
