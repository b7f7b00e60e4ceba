import { ReflectionKind, type DeclarationReflection, type ProjectReflection } from 'typedoc';

/**
 * The kinds of symbols that need a doc comment: entry points, their exports, and the members of classes and interfaces.
 */
const NEEDS_COMMENT: readonly ReflectionKind[] = [
  ReflectionKind.Module,
  ReflectionKind.Class,
  ReflectionKind.Interface,
  ReflectionKind.TypeAlias,
  ReflectionKind.Enum,
  ReflectionKind.EnumMember,
  ReflectionKind.Variable,
  ReflectionKind.Function,
  ReflectionKind.Method,
  ReflectionKind.Property,
  ReflectionKind.Accessor,
];

/** The type with the error codes. Each code is described in its section of docs/errors.md, which a test checks. */
const ERROR_CODES = 'ErrorDetails';

/**
 * Returns the public symbols without a doc comment: entry points, their exports, and every member of exported classes
 * and interfaces. The members of an object type inside another declaration are described there.
 */
export function undocumented(project: ProjectReflection): readonly string[] {
  return NEEDS_COMMENT.flatMap((kind) => project.getReflectionsByKind(kind) as DeclarationReflection[])
    .filter((symbol) => !isDescribedElsewhere(symbol) && !hasComment(symbol))
    .map((symbol) => `${symbol.getFullName()} (${ReflectionKind.singularString(symbol.kind)})`)
    .toSorted();
}

function isDescribedElsewhere(symbol: DeclarationReflection): boolean {
  const { parent } = symbol;
  return parent?.kindOf(ReflectionKind.TypeLiteral) === true || parent?.name === ERROR_CODES;
}

/** Checks for a doc comment. A callable symbol has it on each of its signatures, an accessor on its getter. */
function hasComment(symbol: DeclarationReflection): boolean {
  const signatures = symbol.getNonIndexSignatures();
  return symbol.hasComment() || (signatures.length > 0 && signatures.every((signature) => signature.hasComment()));
}
