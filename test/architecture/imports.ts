import { posix } from 'node:path';
import ts from 'typescript';
import { collect, parse } from './project.js';

/** One import of a file, in any form that the language has. */
export interface Import {
  readonly from: string;
  /** The imported file of this project, relative to it, or the specifier as written if it is a package. */
  readonly to: string;
  readonly isFile: boolean;
  /**
   * Time of evaluation: `value` together with the importing file, `type` never, `dynamic` when `import()` is called.
   */
  readonly kind: 'value' | 'type' | 'dynamic';
}

/** Returns everything that a file imports, re-exports or names in `import()`, types included. */
export function importsOf(file: string): readonly Import[] {
  return collect(parse(file), (node) => {
    const found = importIn(node);
    return found && describe(file, found.specifier, found.kind);
  });
}

/** Returns the package of a specifier, e.g. `@azure/data-tables` for `@azure/data-tables/x`. */
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
  // An import() with a variable specifier cannot be checked. It is returned as written, so that it is refused as an
  // unknown package.
  const written = specifier && ts.isStringLiteralLike(specifier) ? specifier.text : `(${specifier?.getText() ?? ''})`;
  return written.startsWith('.')
    ? { from, to: posix.join(posix.dirname(from), written).replace(/\.js$/, '.ts'), isFile: true, kind }
    : { from, to: written, isFile: false, kind };
}
