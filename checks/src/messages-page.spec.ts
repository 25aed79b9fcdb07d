import { execFileSync } from 'node:child_process';
import * as core from '@latchkey/core';
import { read, root } from './tree.js';

const page = read('docs/messages.md');

it('docs/messages.md is what its script makes of the classes: node scripts/messages-page.mjs', () => {
  const env = { ...process.env, FORCE_COLOR: '0' };
  const made = execFileSync(process.execPath, ['scripts/messages-page.mjs', '--print'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  expect(made).toBe(page);
}, 30_000);

it('docs/messages.md lists every message that core exports, with a link to its specification', () => {
  const abstract = ['Message', 'JwtMessage', 'ServerMetadata'];
  const messages = Object.entries(core).filter(([, value]) => typeof value === 'function' && 'nullIsAbsent' in value);
  const sections = new Map(page.split(/^## /m).map((section) => [section.split('\n', 1)[0], section]));
  expect(messages.length).toBeGreaterThan(40);
  for (const [name] of messages.filter(([name]) => !abstract.includes(name))) {
    expect([name, sections.get(name)]).toEqual([
      name,
      expect.stringMatching(/\]\(https:\/\/(www\.rfc-editor\.org|openid\.net)\//),
    ]);
  }
});
