import { EntitableError } from '../errors/entitable-error.js';

/** Checks an entity before it is written. Throws `validation.failed` with all violations. */
export interface EntityValidator {
  /**
   * Checks an entity.
   *
   * @param names The properties that are written, if not all are; only their constraints are considered.
   */
  validate(
    entity: object,
    entityClass: abstract new (...args: never) => object,
    names?: readonly string[],
  ): void | Promise<void>;
}

/**
 * Creates the error for an entity that could not be validated because its validator failed; it must not be written.
 * What the validator threw, or returned instead of a result, is only in `details.error`, because it may quote values.
 */
export function unjudged(className: string, judge: string, why: string, error: unknown): EntitableError {
  return new EntitableError(
    'validation.failed',
    `${className} could not be validated, and is not written: its ${judge} failed, for ${why}. Mend the ${judge}; what it threw or gave is in details.error.`,
    { className, violations: [], error },
  );
}

/** A validator that accepts everything. */
export const noValidation: EntityValidator = Object.freeze({ validate: () => undefined });
