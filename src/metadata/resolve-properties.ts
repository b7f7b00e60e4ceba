import { isEdmType, type EdmType } from '../edm/edm-type.js';
import { Guid } from '../edm/guid.js';
import { isSystemName, propertyNameProblem } from '../edm/names.js';
import type { EntityMetadata, PropertyMetadata } from './entity-metadata.js';
import type { EntityClass } from './key-types.js';
import type { MetadataProblems } from './metadata-problems.js';
import type { PropertyDefinition } from './registry.js';
import { inheritedDescriptor } from './unknown-property.js';

/** Resolves the stored properties of a class, by slot, and adds the mistakes in them to `problems`. */
export function resolveProperties(
  entityClass: EntityClass,
  definitions: readonly PropertyDefinition[],
  problems: MetadataProblems,
  { takesValues }: Pick<EntityMetadata, 'takesValues'>,
): readonly PropertyMetadata[] {
  const stored = definitions.filter(
    ({ role, storedName }) => role === 'property' || (isKeyRole(role) && storedName !== undefined),
  );
  const taken = new Map<string, string>();
  const properties = stored.map((definition, slot) => {
    const { name } = definition;
    const storedName = definition.storedName ?? name;
    checkName(storedName, name);
    checkDefault(definition);
    checkSettable(definition);
    return Object.freeze({
      name,
      storedName,
      type: typeOf(definition),
      // A key part can be stored as a property too. If that property has a `type`, its value is stored unconverted,
      // because the converter converts values to the text of the key.
      converter: isKeyRole(definition.role) && definition.type !== undefined ? undefined : definition.converter,
      default: definition.default,
      required: definition.required ?? false,
      slot,
      copiesKey: isKeyRole(definition.role),
    });
  });
  return Object.freeze(properties);

  function checkName(storedName: string, name: string): void {
    const problem = propertyNameProblem(storedName);
    const twin = taken.get(storedName);
    if (isSystemName(storedName)) {
      problems.add(
        'metadata.reserved-name',
        `every row has a ${storedName} of its own: give another name, @Property({ name })`,
        name,
      );
    } else if (problem !== undefined) {
      problems.add('metadata.invalid-name', `it cannot be stored as "${storedName}": ${problem}`, name);
    } else if (twin !== undefined) {
      problems.add(
        'metadata.duplicate-name',
        `it is stored as "${storedName}", and so is ${twin}: give one of them another name`,
        name,
      );
    }
    taken.set(storedName, name);
  }

  function checkDefault({ name, default: value }: PropertyDefinition): void {
    if (typeof value === 'object' && value !== null && !Guid.is(value)) {
      problems.add(
        'metadata.invalid-property',
        'its default is an object that all entities would share: give a function that makes one',
        name,
      );
    }
  }

  function checkSettable({ name, role }: PropertyDefinition): void {
    const descriptor = isKeyRole(role) ? undefined : inheritedDescriptor(entityClass.prototype as object, name);
    if (descriptor?.get !== undefined && descriptor.set === undefined && !takesValues) {
      problems.add(
        'metadata.invalid-property',
        'it has a getter and no setter, so it could not be read back: give it one, or make entities of their values, @Entity({ create })',
        name,
      );
    }
  }

  function typeOf({ name, role, type, converter, default: fallback }: PropertyDefinition): EdmType {
    if (type !== undefined && !isEdmType(type)) {
      problems.add('metadata.invalid-property', `its type ${JSON.stringify(type)} is no EDM type`, name);
    }
    if (isKeyRole(role)) return type ?? 'String';
    if (type !== undefined && converter !== undefined) {
      problems.add(
        'metadata.invalid-property',
        'it has a type and a converter: the converter already says the type',
        name,
      );
    }
    const known =
      converter?.type ?? type ?? inferredType(entityClass.prototype as object, name) ?? typeOfDefault(fallback);
    if (known === undefined) problems.add('metadata.unknown-type', UNKNOWN_TYPE, name);
    return known ?? 'String';
  }
}

const UNKNOWN_TYPE =
  "its type cannot be told: state it, @Property({ type: 'String' }) or @Property({ converter }). It is inferred only where the compiler emits " +
  'decorator metadata (tsc with "emitDecoratorMetadata"; esbuild, tsx and standard decorators never do), and never from a union, an object, T | null or Defaulted<T>, unless its default is a plain value';

function isKeyRole(role: PropertyDefinition['role']): boolean {
  return role === 'partition' || role === 'row';
}

const BY_CLASS: ReadonlyMap<unknown, EdmType> = new Map<unknown, EdmType>([
  [String, 'String'],
  [Number, 'Double'],
  [Boolean, 'Boolean'],
  [BigInt, 'Int64'],
  [Date, 'DateTime'],
  [Uint8Array, 'Binary'],
  [Buffer, 'Binary'],
]);

/**
 * Returns the EDM type from the compiler's decorator metadata. `undefined` if it emits none, or if the type is a union
 * or an object.
 */
function inferredType(prototype: object, property: string): EdmType | undefined {
  const reflect = Reflect as { getMetadata?(key: string, target: object, property: string): unknown };
  const type = reflect.getMetadata?.('design:type', prototype, property);
  return BY_CLASS.get(type) ?? (Guid.isClass(type) ? 'Guid' : enumType(type));
}

/**
 * Returns the EDM type of a default that is a primitive value or a Guid. It is used if the compiler's decorator
 * metadata does not show the type, as for `Defaulted<string>`, which appears there only as an object.
 */
function typeOfDefault(value: unknown): EdmType | undefined {
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'number':
      return 'Double';
    case 'boolean':
      return 'Boolean';
    case 'bigint':
      return 'Int64';
    default:
      return Guid.is(value) ? 'Guid' : undefined;
  }
}

/**
 * Returns the EDM type of an enum's values. Some compilers emit the enum itself as the type where others emit `String`
 * or `Number`.
 */
function enumType(type: unknown): EdmType | undefined {
  if (typeof type !== 'object' || type === null) return undefined;
  const values = Object.values(type);
  if (values.length === 0) return undefined;
  if (values.every((value) => typeof value === 'string')) return 'String';
  return values.some((value) => typeof value === 'number') ? 'Double' : undefined;
}
