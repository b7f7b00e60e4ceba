import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The folder of package.json, seen from dist/test/architecture. */
export const ROOT = join(import.meta.dirname, '../../..');

/** The source files below some folders, where there are such folders, relative to the project, in a fixed order. */
export function sourceFiles(...folders: readonly string[]): readonly string[] {
  return folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => filesBelow(folder, /\.ts$/))
    .filter((file) => !file.includes('node_modules/'));
}

/** The declaration files that the package ships. */
export function declarationFiles(): readonly string[] {
  return [...filesBelow('dist/src', /\.d\.ts$/), ...filesBelow('dist/decorators', /\.d\.ts$/)];
}

/** A file's text. */
export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** A file's syntax tree. */
export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ESNext, true);
}

/** Every node of a tree that `select` maps to something. */
export function collect<T>(root: ts.Node, select: (node: ts.Node) => T | undefined): readonly T[] {
  const found: T[] = [];
  const visit = (node: ts.Node): void => {
    const selected = select(node);
    if (selected !== undefined) {
      found.push(selected);
    }
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

function filesBelow(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => pattern.test(name))
    .toSorted();
}
