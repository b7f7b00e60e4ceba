import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The folder of package.json, relative to dist/test/architecture. */
export const ROOT = join(import.meta.dirname, '../../..');

/**
 * Returns the source files below some folders, relative to the project and sorted. Folders that do not exist are
 * ignored.
 */
export function sourceFiles(...folders: readonly string[]): readonly string[] {
  return folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => filesBelow(folder, /\.ts$/))
    .filter((file) => !file.includes('node_modules/'));
}

/** Returns the declaration files that the package ships. */
export function declarationFiles(): readonly string[] {
  return [...filesBelow('dist/src', /\.d\.ts$/), ...filesBelow('dist/decorators', /\.d\.ts$/)];
}

/** Returns the text of a file. */
export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Parses a file into a syntax tree. */
export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ESNext, true);
}

/** Returns the results of `select` for all nodes of a tree, without the undefined ones. */
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
