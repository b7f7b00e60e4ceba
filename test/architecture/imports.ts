import { posix } from 'node:path';
import ts from 'typescript';
import { collect, parse } from './project.js';

/** One import of a file, in any of the forms the language has. */
export interface Import {
  readonly from: string;
  /** What is imported: a file of this project, relative to it, or else the specifier as it is written. */
  readonly to: string;
  readonly isFile: boolean;
  /** `value` runs with the file that imports, `type` never, `dynamic` when it is asked for. */
  readonly kind: 'value' | 'type' | 'dynamic';
}

/** Everything a file imports, exports from elsewhere, or names in `import()`, types included. */
export function importsOf(file: string): readonly Import[] {
  return collect(parse(file), (node) => {
    const found = importIn(node);
    return found && describe(file, found.specifier, found.kind);
  });
}

/** The package a specifier belongs to: `@azure/data-tables` for `@azure/data-tables/x`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function importIn(node: ts.Node): { specifier: ts.Node | undefined; kind: Import['kind'] } | undefined {
  if (ts.isImportDeclaration(node)) {
    const isType = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { specifier: node.moduleSpecifier, kind: isType ? 'type' : 'value' };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { specifier: node.moduleSpecifier, kind: node.isTypeOnly ? 'type' : 'value' };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: node.argument.literal, kind: 'type' };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: node.arguments[0], kind: 'dynamic' };
  }
  return undefined;
}

function describe(from: string, specifier: ts.Node | undefined, kind: Import['kind']): Import {
  // What import() names by a variable cannot be checked, so it is shown as it is written and refused as no known package.
  const written = specifier && ts.isStringLiteralLike(specifier) ? specifier.text : `(${specifier?.getText() ?? ''})`;
  return written.startsWith('.')
    ? { from, to: posix.join(posix.dirname(from), written).replace(/\.js$/, '.ts'), isFile: true, kind }
    : { from, to: written, isFile: false, kind };
}
