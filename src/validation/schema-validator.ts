import type { Violation } from '../errors/error-details.js';
import { EntitableError } from '../errors/entitable-error.js';
import { metadataOf } from '../metadata/metadata-of.js';
import type { StandardIssue, StandardSchema } from '../metadata/standard-schema.js';
import { unjudged, type EntityValidator } from './entity-validator.js';

/**
 * Creates a validator that checks an entity against the schema of its class, if there is one, and then calls `next`. A
 * schema only validates: the output into which it transforms a value is not stored.
 */
export function schemaValidator(next: EntityValidator): EntityValidator {
  return {
    validate(entity, entityClass, names) {
      const { schema, className } = metadataOf(entityClass);
      return schema === undefined
        ? next.validate(entity, entityClass, names)
        : check(entity, schema, className, names).then(() => next.validate(entity, entityClass, names));
    },
  };
}

async function check(
  entity: object,
  schema: StandardSchema,
  className: string,
  names: readonly string[] | undefined,
): Promise<void> {
  const issues = await issuesOf(entity, schema, className);
  const counted = names === undefined ? issues : issues.filter((issue) => names.includes(pathOf(issue)[0] ?? ''));
  if (counted.length > 0) throw failed(className, counted);
}

/**
 * Returns the issues that a schema finds. Throws `validation.failed` if the schema throws or does not return a valid
 * result.
 */
async function issuesOf(entity: object, schema: StandardSchema, className: string): Promise<readonly StandardIssue[]> {
  let result: unknown;
  try {
    result = await schema['~standard'].validate(entity);
  } catch (error) {
    throw unjudged(className, 'schema', 'it threw', error);
  }
  const issues: unknown =
    typeof result === 'object' && result !== null ? (result as { readonly issues?: unknown }).issues : null;
  if (issues === undefined) return [];
  if (Array.isArray(issues) && issues.length > 0 && issues.every(isIssue)) return issues;
  throw unjudged(className, 'schema', 'it gave neither a value nor a list of issues', result);
}

function isIssue(issue: unknown): issue is StandardIssue {
  if (typeof issue !== 'object' || issue === null) return false;
  const { path } = issue as { readonly path?: unknown };
  return path === undefined || (Array.isArray(path) && path.every((step) => step !== null && step !== undefined));
}

function failed(className: string, issues: readonly StandardIssue[]): EntitableError {
  const byProperty = new Map<string, string[]>();
  for (const issue of issues) {
    const property = pathOf(issue).join('.');
    byProperty.set(property, [...(byProperty.get(property) ?? []), constraintOf(issue)]);
  }
  const violations = [...byProperty].map(([property, constraints]): Violation => ({ property, constraints }));
  const list = violations.map(({ property, constraints }) => `${property} (${constraints.join(', ')})`).join('; ');
  return new EntitableError(
    'validation.failed',
    `${className} does not fit its schema: ${list}. Correct the entity; the schema's own issues are in details.error.`,
    { className, violations, error: issues },
  );
}

function pathOf({ path = [] }: StandardIssue): readonly string[] {
  return path.map((step) => String(typeof step === 'object' ? step.key : step));
}

/**
 * Returns the name of the violated constraint in zod (`code`) or valibot (`type`). The message is not used, because it
 * may quote the value.
 */
function constraintOf(issue: StandardIssue): string {
  const { code, type } = issue as { readonly code?: unknown; readonly type?: unknown };
  return [code, type].find((name) => typeof name === 'string') ?? 'schema';
}
