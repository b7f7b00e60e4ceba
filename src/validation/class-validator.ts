import { EntitableError } from '../errors/entitable-error.js';
import { classOf } from '../metadata/class-of.js';
import type { Violation } from '../errors/error-details.js';
import { asInstance } from './as-instance.js';
import { unjudged, type EntityValidator } from './entity-validator.js';
import { NestedValues } from './nested-values.js';

/** The members of class-validator's `ValidationError` that are used here. */
interface ConstraintError {
  /** The name of the property; `undefined` for a nested value whose class is unknown. */
  readonly property: string | undefined;
  readonly constraints?: Readonly<Record<string, string>>;
  readonly children?: readonly ConstraintError[];
}

interface ClassValidator {
  readonly validate: (object: object, options: object) => Promise<readonly ConstraintError[]>;
}

type AnyClass = abstract new (...args: never) => object;

/**
 * Creates a validator that checks class-validator's constraints. The package is loaded when an entity of a class with
 * constraints is validated for the first time. A property with `@ValidateNested` is validated as an instance of its
 * class, even if it is a plain object that was read from JSON. A nested value of an unknown class is rejected, as
 * class-validator does by default.
 *
 * @param always Loads class-validator for every class; throws `store.package-missing` if it is not installed.
 */
export function classValidator(always: boolean): EntityValidator {
  const constrained = new WeakMap<AnyClass, boolean>();
  const nested = new NestedValues(nestedNames);
  let loading: Promise<ClassValidator> | undefined;

  return {
    validate(entity, entityClass, names) {
      const target = entity instanceof entityClass ? (classOf(entity) ?? entityClass) : entityClass;
      let applies = constrained.get(target);
      if (applies === undefined) {
        constrained.set(target, (applies = always || hasConstraints(target)));
      }
      return applies ? check(entity, entityClass, target, names) : undefined;
    },
  };

  async function check(
    entity: object,
    entityClass: AnyClass,
    target: AnyClass,
    names: readonly string[] | undefined,
  ): Promise<void> {
    const { validate } = await (loading ??= load());
    const isInstance = entity instanceof entityClass && entity.constructor === target;
    const instance = isInstance ? entity : asInstance(entity, target);
    const errors = await validationOf(entityClass.name, async () =>
      validate(await nested.typed(instance), {
        forbidUnknownValues: hasConstraints(target),
        validationError: { target: false, value: false },
      }),
    );
    const counted = names === undefined ? errors : errors.filter(({ property }) => names.includes(property ?? ''));
    if (counted.length > 0) throw failed(entityClass.name, counted);
  }
}

/**
 * Returns the errors that the validation finds. Throws `validation.failed` if one of the program's own constraints
 * throws.
 */
async function validationOf(
  className: string,
  validate: () => Promise<readonly ConstraintError[]>,
): Promise<readonly ConstraintError[]> {
  try {
    return await validate();
  } catch (error) {
    throw unjudged(className, 'validator', 'it threw', error);
  }
}

/** The members of class-validator's metadata that are used here. */
interface ValidationMetadata {
  readonly type: string;
  readonly propertyName: string;
}

/**
 * Returns the constraints of a class. class-validator keeps them on `globalThis`; as long as it is not loaded, no class
 * has any.
 */
function constraintsOf(target: AnyClass): readonly ValidationMetadata[] {
  const { classValidatorMetadataStorage: storage } = globalThis as {
    readonly classValidatorMetadataStorage?: {
      getTargetValidationMetadatas(
        target: AnyClass,
        schema: string,
        always: boolean,
        strictGroups: boolean,
      ): readonly ValidationMetadata[];
    };
  };
  return storage?.getTargetValidationMetadatas(target, '', false, false) ?? [];
}

function hasConstraints(target: AnyClass): boolean {
  return constraintsOf(target).length > 0;
}

function nestedNames(target: AnyClass): readonly string[] {
  const nested = constraintsOf(target).filter(({ type }) => type === 'nestedValidation');
  return [...new Set(nested.map(({ propertyName }) => propertyName))];
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
  const unknown = violations.find(({ constraints }) => constraints.includes('unknownValue'));
  const remedy =
    unknown === undefined
      ? ''
      : ` The class of ${unknown.property} is not known, or has no constraints: say it by @Type(() => Class) of class-transformer.`;
  return new EntitableError(
    'validation.failed',
    `${className} breaks its constraints: ${list}.${remedy} Correct the entity; class-validator's own errors are in details.error.`,
    { className, violations, error: errors },
  );
}

function violationsOf({ property, constraints, children = [] }: ConstraintError, path: string): readonly Violation[] {
  // A value of an unknown class is reported by a child error without a name.
  const here = property === undefined ? path.slice(0, -1) : path + property;
  const own = constraints === undefined ? [] : [{ property: here, constraints: Object.keys(constraints) }];
  return [...own, ...children.flatMap((child) => violationsOf(child, `${here}.`))];
}
