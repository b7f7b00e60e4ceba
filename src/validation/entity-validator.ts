import { EntitableError } from '../errors/entitable-error.js';

/** Checks an entity before it is written; throws `validation.failed` with everything that is wrong. */
export interface EntityValidator {
  /**
   * @param names Where only some properties are written: theirs are the only constraints that count.
   */
  validate(
    entity: object,
    entityClass: abstract new (...args: never) => object,
    names?: readonly string[],
  ): void | Promise<void>;
}

/**
 * The error of an entity that nothing is known of, because what was to judge it failed: it must not pass. What that threw, or gave
 * instead of an answer, may quote values.
 */
export function unjudged(className: string, judge: string, why: string, error: unknown): EntitableError {
  return new EntitableError(
    'validation.failed',
    `${className} could not be validated, and is not written: its ${judge} failed, for ${why}. Mend the ${judge}; what it threw or gave is in details.error.`,
    { className, violations: [], error },
  );
}

/** Accepts everything. */
export const noValidation: EntityValidator = Object.freeze({ validate: () => undefined });
