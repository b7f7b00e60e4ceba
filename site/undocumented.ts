import { ReflectionKind, type DeclarationReflection, type ProjectReflection } from 'typedoc';

/** Entry points, what they give, and what a class or an interface has. */
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

/** A code of an error is described by its section in docs/errors.md, which a test demands. */
const ERROR_CODES = 'ErrorDetails';

/**
 * The public symbols without a doc comment: entry points, everything that they export, and every member of its classes and interfaces.
 * The members of an object type that stands inside another declaration are described by that.
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

/** The comment of something callable stands at each of its signatures, and that of an accessor at its getter. */
function hasComment(symbol: DeclarationReflection): boolean {
  const signatures = symbol.getNonIndexSignatures();
  return symbol.hasComment() || (signatures.length > 0 && signatures.every((signature) => signature.hasComment()));
}
