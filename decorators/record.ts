import type { Guid } from '../src/edm/guid.js';
import { typeName } from '../src/errors/type-name.js';
import { EntitableError } from '../src/errors/entitable-error.js';
import { adviceFor, unknownNameIn, type KnownNames } from '../src/options/check-option.js';
import { ENTITY_NAMES, recordEntity, recordProperty } from '../src/metadata/define-entity.js';
import type { EntitableTypeError, EntityClass } from '../src/metadata/key-types.js';
import {
  recordOf,
  standardProperties,
  type EntityDefinition,
  type PropertyDefinition,
} from '../src/metadata/registry.js';

// Polyfills Symbol.metadata, under which a class's standard decorators share metadata. The value is the symbol that
// compilers use if Symbol.metadata is missing.
(Symbol as { metadata?: symbol }).metadata ??= Symbol.for('Symbol.metadata');

/**
 * The type of a decorator for properties of the type `V`. It works as a standard decorator and with
 * "experimentalDecorators".
 *
 * The property must be public. Its type is checked: `@Property({ type: 'Int64' })` on a `number` does not compile.
 */
export type PropertyDecoratorOf<V> = <
  K extends string,
  T extends { readonly [P in K]?: V | null | undefined } | Getter<V | null | undefined> | undefined,
>(
  // The prototype under "experimentalDecorators"; `undefined` or the getter under standard decorators.
  target: T,
  property:
    | K
    | ClassFieldDecoratorContext<never, V | null | undefined>
    | ClassGetterDecoratorContext<never, V | null | undefined>,
) => void;

type Getter<V> = (this: never) => V;

type ContextOf<V> =
  ClassFieldDecoratorContext<never, V | null | undefined> | ClassGetterDecoratorContext<never, V | null | undefined>;

/**
 * The type of a decorator for properties with a default `D`, which must be a value of the property's own type or a
 * function that creates one.
 */
export type DefaultedDecoratorOf<V, D> = <
  P extends string | ContextOf<V>,
  T extends { readonly [K in P & string]?: V | null | undefined } | Getter<V | null | undefined> | undefined,
>(
  target: T,
  property: P & CheckDefault<TypeOfProperty<T, P>, D>,
) => void;

/** The type of the decorated property, taken from the prototype's member or from the decorator context. */
type TypeOfProperty<T, P> = P extends string
  ? T extends { readonly [K in P]?: infer V }
    ? V
    : unknown
  : P extends { readonly access: { get(object: never): infer V } }
    ? V
    : unknown;

/**
 * Checks that the type of a default fits its property. The result is `unknown` if it fits, and otherwise an error type
 * whose text explains the problem.
 */
type CheckDefault<V, D> = [D] extends [never]
  ? unknown
  : [D] extends [(...args: never) => infer R]
    ? // A function's inferred return type may be wider than its value: `() => 'open'` returns a string.
      [R] extends [V]
      ? unknown
      : [V] extends [R | null | undefined]
        ? unknown
        : EntitableTypeError<'the function that is the default gives no value of the type of the property'>
    : [D] extends [object]
      ? [D] extends [Guid & V]
        ? unknown
        : EntitableTypeError<'the default is an object, which all entities would share: give a function that makes one'>
      : [D] extends [V | null | undefined]
        ? unknown
        : EntitableTypeError<'the default is no value of the type of the property'>;

/** Creates a decorator that records `definition` for the property that it is applied to. */
export function propertyDecorator<V>(
  definition: Omit<PropertyDefinition, 'name'>,
  options: object = {},
  known: KnownNames = {},
): PropertyDecoratorOf<V> {
  return (target, property) => {
    if (typeof property === 'object' && property !== null) {
      const name = standardName(property);
      checkOptions(options, known, name);
      standardProperties(property.metadata).push(Object.freeze({ ...definition, name }));
    } else {
      const [entityClass, name] = legacyProperty(target, property);
      checkOptions(options, known, name);
      recordProperty(entityClass, Object.freeze({ ...definition, name }));
    }
  };
}

/**
 * Records the options of `@Entity` for a class. Under standard decorators, it also records the metadata object that
 * lists the class's properties.
 */
export function recordClass(
  target: EntityClass,
  context: { readonly metadata?: object } | undefined,
  entity: EntityDefinition,
): void {
  if (typeof entity === 'object' && entity !== null) checkOptions(entity, ENTITY_NAMES, target?.name);
  recordEntity(target, entity);
  recordOf(target).standard = context?.metadata;
}

/** Refuses unknown options, because a misspelt one would be ignored silently. Throws `metadata.invalid-decorator`. */
function checkOptions(options: object, known: KnownNames, name: string): void {
  const unknown = unknownNameIn(options, known);
  if (unknown !== undefined)
    throw invalidDecorator(`it has no option "${unknown}". ${adviceFor(unknown, known)}`, name);
}

/** Returns the name of a property under standard decorators. Throws `metadata.invalid-decorator`. */
function standardName({
  kind,
  name,
  metadata,
  static: isStatic,
  private: isPrivate,
}: Partial<ClassFieldDecoratorContext | ClassGetterDecoratorContext>): string {
  if (typeof metadata !== 'object' || metadata === null) throw invalidDecorator(NO_METADATA, name);
  if (typeof name !== 'string' || isStatic === true || isPrivate === true || !FIELDS.includes(kind)) {
    throw invalidDecorator(NO_PROPERTY, name);
  }
  return name;
}

/** Returns the class and the name of a property under "experimentalDecorators". Throws `metadata.invalid-decorator`. */
function legacyProperty(target: unknown, property: unknown): readonly [entityClass: EntityClass, name: string] {
  const entityClass: unknown = typeof target === 'object' && target !== null ? target.constructor : undefined;
  if (typeof property === 'string' && typeof entityClass === 'function') return [entityClass as EntityClass, property];
  throw invalidDecorator(NO_PROPERTY, property);
}

const FIELDS: readonly unknown[] = ['field', 'accessor', 'getter', 'setter'];
const NO_PROPERTY =
  'a decorator of this package stands on a public property with a name, which is not static: @Property() total!: number. docs/toolchain.md tells what compilers need.';
const NO_METADATA =
  'this compiler calls standard decorators without the metadata that they share. Use TypeScript 5.2, esbuild 0.21 or later, or "experimentalDecorators". docs/toolchain.md tells what compilers need.';

function invalidDecorator(problem: string, name: unknown): EntitableError {
  const property = typeof name === 'string' ? name : typeName(name);
  return new EntitableError(
    'metadata.invalid-decorator',
    `The decorator of ${property} cannot be used so: ${problem}`,
    { property },
  );
}
