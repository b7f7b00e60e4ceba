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

/** Accepts everything. */
export const noValidation: EntityValidator = Object.freeze({ validate: () => undefined });
