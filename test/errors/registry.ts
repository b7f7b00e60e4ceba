import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { collect, parse, ROOT, sourceFiles } from '../architecture/project.js';

const REGISTRY = 'src/errors/error-details.ts';

/** Returns every code of the registry, as it is written in its source. */
export function registeredCodes(): readonly string[] {
  const [details] = collect(parse(REGISTRY), (node) =>
    ts.isInterfaceDeclaration(node) && node.name.text === 'ErrorDetails' ? node : undefined,
  );
  return details!.members.map(({ name }) => (name as ts.StringLiteral).text);
}

/**
 * Returns every text of the library that has the form of a code and occurs in an expression that creates an error, not
 * in a type.
 */
export function usedCodes(): ReadonlySet<string> {
  const files = sourceFiles('src', 'decorators').filter((file) => file !== REGISTRY);
  return new Set(files.flatMap((file) => collect(parse(file), (node) => (isValue(node) ? node.text : undefined))));
}

function isValue(node: ts.Node): node is ts.StringLiteral {
  return ts.isStringLiteral(node) && !ts.isLiteralTypeNode(node.parent) && !isTest(node);
}

/** Returns whether a code is the argument of `EntitableError.is(error, code)`, which throws nothing. */
function isTest(node: ts.StringLiteral): boolean {
  return ts.isCallExpression(node.parent) && node.parent.expression.getText().endsWith('.is');
}

/** A section of `docs/errors.md`: a code and its explanation. */
export interface Section {
  readonly group: string;
  readonly code: string;
  readonly paragraphs: readonly string[];
}

/** Returns the sections of `docs/errors.md`, in order. */
export function documentedCodes(): readonly Section[] {
  const groups = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').split('\n## ').slice(1);
  return groups.flatMap((text) => {
    const [head, ...sections] = text.split('\n### ');
    const group = head!.split('\n')[0]!;
    return sections.map((section) => {
      const [code, ...paragraphs] = section.trim().split(/\n+/);
      return { group, code: code!, paragraphs };
    });
  });
}

/** Returns the HTTP statuses in `docs/errors.md`: those of codes, and those of groups, which end in a dot. */
export function documentedStatuses(): ReadonlyMap<string, number> {
  const [, section = ''] = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').split('\n## Answers of a web API\n');
  const rows = section.split('\n## ')[0]!.matchAll(/^\| *([0-9]{3})[^|]*\|([^|]*)\|/gm);
  return new Map(
    [...rows].flatMap(([, status, codes]) =>
      Array.from(codes!.matchAll(/`([^`]+)`/g), ([, code]) => [code!, Number(status)] as const),
    ),
  );
}
