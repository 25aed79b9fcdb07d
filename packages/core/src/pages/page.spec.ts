import { createHash } from 'node:crypto';
import { escapeHtml, policyOf, renderPage, type Page } from './page.js';

const hostile = `"><script>alert('1')</script><img src=x onerror=alert\`2\`>&amp;`;

function hashIn(html: string, element: string): string {
  const text = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(html)?.[1] ?? '';
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const plain: Page = { title: 'T', text: ['One.', 'Two.'], action: { label: 'Go', href: '/on?a=1&b=2' }, detail: 'd' };
const form: Page = {
  title: 'T',
  text: [],
  form: { label: 'Go', action: 'https://op.example/end', fields: [['a', 'b']] },
};
const refresh: Page = { title: 'T', text: [], refresh: 'https://op.example/end?a=1&b=2' };

it('says what it has to say', () => {
  const html = renderPage(plain);
  expect(html).toContain('<title>T</title>');
  expect(html).toContain('<h1>T</h1><p>One.</p><p>Two.</p>');
  expect(html).toContain('<a class="act" href="/on?a=1&#38;b=2">Go</a>');
  expect(html).toContain('<details><summary>Technical details</summary><code>d</code></details>');
});

it('leaves out what it has not', () => {
  expect(renderPage({ title: 'T', text: [] })).not.toMatch(/<a |<form|<details|<script|refresh/);
});

describe('[R98] every text is escaped', () => {
  const page: Page = {
    title: hostile,
    text: [hostile],
    action: { label: hostile, href: hostile },
    detail: hostile,
    form: { label: hostile, action: hostile, fields: [[hostile, hostile]] },
    refresh: hostile,
  };
  const html = renderPage(page);

  it('in elements and in attributes', () => {
    const tags = html.match(/<\w+/g) ?? [];
    expect(tags.filter((tag) => tag === '<script')).toHaveLength(1);
    expect(tags).not.toContain('<img');
    expect(html).not.toContain(hostile);
    expect(html.split(escapeHtml(hostile)).length - 1).toBe(11);
  });

  it.each([
    ['&', '&#38;'],
    ['<', '&#60;'],
    ['>', '&#62;'],
    ['"', '&#34;'],
    ["'", '&#39;'],
    ['ä', 'ä'],
  ])('%s is written %s', (character, written) => expect(escapeHtml(character)).toBe(written));
});

describe('[R98] the policy of a page', () => {
  it.each([
    ['with a link', plain],
    ['with a form', form],
    ['that goes on', refresh],
  ])('%s allows its own style by hash, and nothing by default', (_what, page) => {
    const policy = policyOf(page);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src ${hashIn(renderPage(page), 'style')}`);
    expect(policy).toContain("base-uri 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|http:|https:|\*/);
  });

  it('allows the one script by hash, and only to the page that has it', () => {
    expect(policyOf(form)).toContain(`script-src ${hashIn(renderPage(form), 'script')}`);
    expect(policyOf(plain)).not.toContain('script-src');
    expect(policyOf(refresh)).not.toContain('script-src');
  });

  it('[RULE 3.8] has no form-action where the page leads to the OP', () => {
    expect(policyOf(plain)).toContain("form-action 'none'");
    expect(policyOf(form)).not.toContain('form-action');
    expect(policyOf(refresh)).not.toContain('form-action');
  });
});

it.each([
  ['with a link', plain],
  ['with a form', form],
  ['that goes on', refresh],
])('[R13] [R98] a page %s loads nothing', (_what, page) => {
  expect(renderPage(page)).not.toMatch(/src=|<link|<iframe|<img|@import|url\(|\sstyle=|\son\w+=/);
});

it('[RULE 3.8] goes on at once', () => {
  expect(renderPage(refresh)).toContain(
    '<meta http-equiv="refresh" content="0;url=https://op.example/end?a=1&#38;b=2">',
  );
});
