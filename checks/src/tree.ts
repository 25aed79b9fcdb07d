import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

/** The root of the repository; every path below is relative to it, with `/`. */
export const root = resolve(__dirname, '../..');

/** The folders' names under packages/. */
export const packages = readdirSync(join(root, 'packages'));

export interface Manifest {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function manifest(folder: string): Manifest {
  return JSON.parse(read(`${folder}/package.json`)) as Manifest;
}

/** Every file that a person wrote, or may have written: all but what tools put there. */
export function written(folder = '.'): string[] {
  const made = new Set(['node_modules', 'dist', 'coverage', '.git', '.nx']);
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return made.has(entry.name) || path === join('docs', 'api') ? [] : written(path);
    return entry.isFile() ? [path] : [];
  });
}

export function isSpec(path: string): boolean {
  return path.endsWith('.spec.ts');
}

/** Every import of a source text: static, type-only, re-exported, dynamic, required. */
export function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((found) => found.fileName);
}
