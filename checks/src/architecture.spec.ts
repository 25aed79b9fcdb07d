import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { importsOf, isSpec, manifest, packages, read, root, written, type Manifest } from './tree.js';

// Lint says most of this while one types; it does not see import(), require() and package.json.
const frameworks = /^(@nestjs|@fastify|express|fastify|passport[^/]*|koa|hono|redis|oidc-provider)(\/|$)/;
const below: Record<string, string[]> = { core: [], testing: ['core', 'provider'] };

/** The imports of a package's source file that lead upward, sideways, or behind an index. */
function upward(name: string, path: string, text: string): string[] {
  return importsOf(text).filter((target) => {
    if (target.startsWith('.')) return !posix.join(posix.dirname(path), target).startsWith(`packages/${name}/src/`);
    const [, ours, inner] = /^@latchkey\/([^/]+)(\/.*)?$/.exec(target) ?? [];
    if (ours) return inner !== undefined || !(below[name] ?? ['core']).includes(ours);
    return name === 'core' && frameworks.test(target);
  });
}

/**
 * The imports of a source file that its package.json does not declare. A built-in module is written `node:x`. A module
 * that the file only adds types to is declared by the package of its types.
 */
function undeclared(text: string, { dependencies, peerDependencies }: Manifest): string[] {
  const declared = { ...dependencies, ...peerDependencies };
  return importsOf(text).filter((target) => {
    if (target.startsWith('.')) return false;
    if (target.startsWith('node:')) return !isBuiltin(target);
    const name = /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target;
    return !(name in declared || (text.includes(`declare module '${target}'`) && `@types/${name}` in declared));
  });
}

/** Whether a source file decides anything: branches, loops, catches. */
function holdsLogic(text: string): boolean {
  const deciding = new Set([
    ts.SyntaxKind.AmpersandAmpersandToken,
    ts.SyntaxKind.BarBarToken,
    ts.SyntaxKind.QuestionQuestionToken,
    ts.SyntaxKind.QuestionDotToken,
  ]);
  const decides = (node: ts.Node): boolean =>
    ts.isIfStatement(node) ||
    ts.isConditionalExpression(node) ||
    ts.isIterationStatement(node, false) ||
    ts.isSwitchStatement(node) ||
    ts.isTryStatement(node) ||
    deciding.has(node.kind) ||
    (ts.forEachChild(node, (child) => decides(child) || undefined) ?? false);
  return decides(ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest));
}

const sources = packages.flatMap((name) =>
  written(`packages/${name}/src`)
    .filter((path) => path.endsWith('.ts') && !isSpec(path))
    .map((path) => ({ path, name, text: read(path) })),
);
const helpers = written('packages')
  .filter((path) => /^packages\/[^/]+\/test\/.*\.ts$/.test(path) && !isSpec(path))
  .map((path) => ({ path, text: read(path) }));
const examples = written('examples')
  .filter((path) => /^examples\/[^/]+\/src\/.*\.ts$/.test(path) && !isSpec(path))
  .map((path) => ({ path, folder: path.split('/').slice(0, 2).join('/'), text: read(path) }));

describe('a source file of a package', () => {
  it('is found', () => {
    expect(sources.map(({ path }) => path)).toEqual(
      expect.arrayContaining(packages.map((name) => `packages/${name}/src/index.ts`)),
    );
  });

  it.each(sources)('$path imports nothing upward', ({ path, name, text }) => {
    expect(upward(name, path, text)).toEqual([]);
  });

  it.each(sources)('$path imports what its package declares', ({ name, text }) => {
    expect(undeclared(text, manifest(`packages/${name}`))).toEqual([]);
  });

  it.each([...sources, ...helpers])('$path is at most 300 lines', ({ text }) => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(300);
  });

  it.each(sources.filter(({ path }) => !path.endsWith('/index.ts')))(
    '$path has a spec beside it if it holds logic',
    ({ path, text }) => {
      if (holdsLogic(text)) expect(existsSync(join(root, path.replace(/\.ts$/, '.spec.ts')))).toBe(true);
    },
  );
});

describe('an example', () => {
  it.each(examples)('$path imports what its package.json declares', ({ folder, text }) => {
    expect(undeclared(text, manifest(folder))).toEqual([]);
  });
});

describe('a package', () => {
  it.each(packages)('%s gives a reason for every dependency in its README', (name) => {
    const { dependencies, peerDependencies } = manifest(`packages/${name}`);
    const rows = [...read(`packages/${name}/README.md`).matchAll(/^\| ([^ |]+)(?: [^|]*)?\| +[^ |].*\|$/gm)].map(
      ([, it]) => it,
    );
    expect(rows).toEqual(expect.arrayContaining(Object.keys({ ...dependencies, ...peerDependencies })));
  });

  it.each(packages)('%s has the version of all, and asks for exactly that of ours', (name) => {
    const { version, dependencies = {} } = manifest(`packages/${name}`);
    const ours = Object.entries(dependencies).filter(([dependency]) => dependency.startsWith('@latchkey/'));
    expect(version).toBe(manifest('.').version);
    expect(ours.filter(([, asked]) => asked !== version)).toEqual([]);
  });
});

// A check that cannot fail says nothing: what each of them must find, found.
describe('the checks themselves', () => {
  it.each([
    ['core', "import express from 'express';"],
    ['core', "import type { Request } from 'express';"],
    ['core', "export { Module } from '@nestjs/common';"],
    ['core', "const passport = await import('passport-oauth2');"],
    ['core', "const { createClient } = require('redis');"],
    ['core', "import { oidc } from '@latchkey/express';"],
    ['express', "import { Login } from '@latchkey/core/dist/login/login.js';"],
    ['express', "import { Login } from '../../core/src/login/login.js';"],
    ['express', "import { op } from '../test/op.js';"],
    ['nestjs', "import { oidc } from '@latchkey/express';"],
  ])('in %s, refuse %s', (name, text) => {
    expect(upward(name, `packages/${name}/src/x.ts`, text)).toHaveLength(1);
  });

  it.each(["import 'left-pad';", "import 'crypto';", "import 'node:nothing';", "import '@scope/a/b';"])(
    'miss the declaration of %s',
    (text) => {
      expect(undeclared(text, { name: 'x', version: '0.0.0', dependencies: { a: '1.0.0' } })).toHaveLength(1);
    },
  );

  it('know a declared import, of a subpath too', () => {
    const declared: Manifest = { name: 'x', version: '0', dependencies: { '@a/b': '1' }, peerDependencies: { c: '1' } };
    expect(
      undeclared("import '@a/b'; import '@a/b/d'; import 'c/e'; import 'node:fs'; import './f.js';", declared),
    ).toEqual([]);
  });

  it('know what a file adds types to', () => {
    const declared: Manifest = { name: 'x', version: '0', peerDependencies: { '@types/a': '1' } };
    expect(undeclared("export {}; declare module 'a' {}", declared)).toEqual([]);
    expect(undeclared("import 'a';", declared)).toEqual(['a']);
    expect(undeclared("export {}; declare module 'b' {}", declared)).toEqual(['b']);
  });

  it.each([
    'if (a) b();',
    'f = (a) => a ? 1 : 2;',
    'for (const a of b) c(a);',
    'a = b ?? c;',
    'a = b && c;',
    'try { a(); } finally { b(); }',
  ])('see logic in %s', (text) => {
    expect(holdsLogic(text)).toBe(true);
  });

  it('see no logic in a class of declarations', () => {
    expect(holdsLogic('export class A<T> { @IsString() readonly b!: T extends string ? 1 : 2; }')).toBe(false);
  });
});
