import { EntitableError } from '../errors/entitable-error.js';
import type { Violation } from '../errors/error-details.js';
import type { EntityValidator } from './entity-validator.js';

/** What is used of a `ValidationError` of class-validator. */
interface ConstraintError {
  readonly property: string;
  readonly constraints?: Readonly<Record<string, string>>;
  readonly children?: readonly ConstraintError[];
}

interface ClassValidator {
  readonly validate: (object: object, options: object) => Promise<readonly ConstraintError[]>;
}

type AnyClass = abstract new (...args: never) => object;

/**
 * Checks the constraints of class-validator, which is loaded when a class first has some.
 *
 * @param always Loads it for every class, and fails with `store.package-missing` where it is not installed.
 */
export function classValidator(always: boolean): EntityValidator {
  const constrained = new WeakMap<AnyClass, boolean>();
  let loading: Promise<ClassValidator> | undefined;

  return {
    validate(entity, entityClass, names) {
      const target = entity instanceof entityClass ? (entity.constructor as AnyClass) : entityClass;
      let applies = constrained.get(target);
      if (applies === undefined) {
        constrained.set(target, (applies = always || hasConstraints(target)));
      }
      return applies ? check(entity, entityClass, names) : undefined;
    },
  };

  async function check(entity: object, entityClass: AnyClass, names: readonly string[] | undefined): Promise<void> {
    const { validate } = await (loading ??= load());
    const instance =
      entity instanceof entityClass
        ? entity
        : Object.assign(Object.create(entityClass.prototype as object) as object, entity);
    const errors = await validate(instance, {
      forbidUnknownValues: false,
      validationError: { target: false, value: false },
    });
    const counted = names === undefined ? errors : errors.filter(({ property }) => names.includes(property));
    if (counted.length > 0) throw failed(entityClass.name, counted);
  }
}

/** class-validator keeps its metadata on `globalThis`; where it is not loaded, no class has constraints. */
function hasConstraints(target: AnyClass): boolean {
  const { classValidatorMetadataStorage: storage } = globalThis as {
    readonly classValidatorMetadataStorage?: {
      getTargetValidationMetadatas(
        target: AnyClass,
        schema: string,
        always: boolean,
        strictGroups: boolean,
      ): readonly unknown[];
    };
  };
  return storage !== undefined && storage.getTargetValidationMetadatas(target, '', false, false).length > 0;
}

async function load(): Promise<ClassValidator> {
  try {
    return await import('class-validator');
  } catch (cause) {
    throw new EntitableError(
      'store.package-missing',
      'The option validate: true needs the package class-validator. Install it: npm install class-validator.',
      { package: 'class-validator' },
      { cause },
    );
  }
}

function failed(className: string, errors: readonly ConstraintError[]): EntitableError {
  const violations = errors.flatMap((error) => violationsOf(error, ''));
  const list = violations.map(({ property, constraints }) => `${property} (${constraints.join(', ')})`).join('; ');
  return new EntitableError(
    'validation.failed',
    `${className} breaks its constraints: ${list}. Correct the entity; class-validator's own errors are in details.error.`,
    { className, violations, error: errors },
  );
}

function violationsOf({ property, constraints, children = [] }: ConstraintError, path: string): readonly Violation[] {
  const own = constraints === undefined ? [] : [{ property: path + property, constraints: Object.keys(constraints) }];
  return [...own, ...children.flatMap((child) => violationsOf(child, `${path}${property}.`))];
}
