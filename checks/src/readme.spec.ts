import { join, relative } from 'node:path';
import ts from 'typescript';
import { read, root, written } from './tree.js';

interface Snippet {
  /** Where the compiler is told that the snippet stands: it imports what a file there could. */
  file: string;
  page: string;
  /** Of the fence, from 1: what the compiler numbers from 0 is on the lines after it. */
  line: number;
  text: string;
}

function snippetsOf(page: string, markdown: string): Snippet[] {
  return [...markdown.matchAll(/^```(?:ts|typescript)\b.*\n([\s\S]*?)^```/gm)].map((match) => {
    const line = markdown.slice(0, match.index).split('\n').length;
    const file = join(root, 'checks/src', `${page.replaceAll(/[\\/]/g, '-')}.${line}.mts`);
    return { file, page, line, text: match[1] ?? '' };
  });
}

/** Compiles snippets as modules of their own, against the sources of the packages. */
function errorsIn(snippets: Snippet[]): string[] {
  const alone = { noEmit: true, composite: false, declaration: false, declarationMap: false };
  const paths = { '@latchkey/*': [join(root, 'packages/*/src/index.ts')] };
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const base = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.base.json'), { ...alone, paths }, host);
  const options = base?.options ?? {};
  const compiler = ts.createCompilerHost(options);
  const onDisk = { ...compiler };
  const virtual = new Map(snippets.map((snippet) => [snippet.file, snippet]));
  compiler.readFile = (name) => virtual.get(name)?.text ?? onDisk.readFile(name);
  compiler.fileExists = (name) => virtual.has(name) || onDisk.fileExists(name);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([...virtual.keys()], options, compiler));
  return diagnostics.map(({ file, start, messageText }) => {
    const snippet = virtual.get(file?.fileName ?? '');
    const line = file ? file.getLineAndCharacterOfPosition(start ?? 0).line + 1 + (snippet?.line ?? 0) : 0;
    const place = snippet?.page ?? (file ? relative(root, file.fileName) : '');
    return `${place}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

it('compiles every TypeScript snippet of every README', () => {
  const pages = written().filter((path) => /(^|\/)README\.md$/.test(path));
  expect(pages).toContain('packages/core/README.md');
  expect(errorsIn(pages.flatMap((page) => snippetsOf(page, read(page))))).toEqual([]);
}, 60_000);

it('tells the page and the line of a wrong snippet', () => {
  const markdown =
    '# A\n\n```ts\nconst a: string = await Promise.resolve(1);\n```\n\n```ts\nimport { no } from "@latchkey/core";\n```\n';
  expect(errorsIn(snippetsOf('packages/a/README.md', markdown))).toEqual([
    "packages/a/README.md:4 Type 'number' is not assignable to type 'string'.",
    expect.stringMatching(/^packages\/a\/README\.md:8 Module '"@latchkey\/core"' has no exported member 'no'/),
  ]);
}, 60_000);
