// An application installs of Nest what it uses: here nothing is there to be found that only others need.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manifest, root } from './tree.js';

const place = mkdtempSync(join(tmpdir(), 'latchkey-peers-'));
const { peerDependenciesMeta = {} } = manifest('packages/nestjs');
const left = new Set([
  ...Object.keys(peerDependenciesMeta),
  // what these stand on, and what they are used with
  'graphql',
  '@nestjs/apollo',
  '@nestjs/platform-socket.io',
  '@nestjs/platform-ws',
  '@apollo/server',
  'graphql-subscriptions',
  'graphql-ws',
  'socket.io',
  'socket.io-client',
  'ws',
]);

beforeAll(() => {
  for (const name of ['core', 'nestjs']) {
    for (const part of ['package.json', 'dist'])
      cpSync(join(root, 'packages', name, part), join(place, 'node_modules/@latchkey', name, part), {
        recursive: true,
      });
  }
  const installed = readdirSync(join(root, 'node_modules')).flatMap((entry) =>
    entry.startsWith('@')
      ? readdirSync(join(root, 'node_modules', entry)).map((scoped) => `${entry}/${scoped}`)
      : [entry],
  );
  for (const name of installed) {
    if (left.has(name) || name.startsWith('.') || name.startsWith('@latchkey/')) continue;
    const to = join(place, 'node_modules', name);
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), to);
  }
  writeFileSync(join(place, 'package.json'), '{"type":"module"}');
  writeFileSync(join(place, 'app.mjs'), app);
});

afterAll(() => rmSync(place, { recursive: true }));

const app = `
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { LoginGuard, OidcModule } from '@latchkey/nestjs';

class Pages {
  page() {
    return 'for everybody who is signed in';
  }
}
Get('page')(Pages.prototype, 'page', Object.getOwnPropertyDescriptor(Pages.prototype, 'page'));
Controller()(Pages);
class Root {}
const session = { secret: 'a secret of forty bytes, for tests alone' };
const options = { issuer: 'https://op.example', clientId: 'app', baseUrl: 'https://app.example', session };
Module({
  imports: [OidcModule.forRoot(options)],
  controllers: [Pages],
  providers: [{ provide: APP_GUARD, useClass: LoginGuard }],
})(Root);

const nest = await NestFactory.create(Root, { logger: false });
await nest.listen(0, '127.0.0.1');
const { status } = await fetch((await nest.getUrl()) + '/page');
await nest.close();
const found = await Promise.all(process.argv.slice(2).map((name) => import(name).then(() => name, () => undefined)));
console.log(JSON.stringify({ status, found: found.filter(Boolean) }));
`;

it('a Nest application without GraphQL, sockets and microservices needs none of their packages', () => {
  // Symlinks are taken for what they stand for, or their packages would find their neighbours in the workspace.
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main'];
  const said = execFileSync(process.execPath, [...flags, 'app.mjs', 'rxjs', ...left], {
    cwd: place,
    env: { ...process.env, FORCE_COLOR: '0' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(JSON.parse(said)).toEqual({ status: 401, found: ['rxjs'] });
}, 60_000);
