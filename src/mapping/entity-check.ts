import type { MetadataProblem } from '../errors/error-details.js';
import { EntitableError } from '../errors/entitable-error.js';
import { memberFailed } from '../errors/member-failed.js';
import { classOf } from '../metadata/class-of.js';
import type { EntityMetadata, Member } from '../metadata/entity-metadata.js';
import { propertiesOf } from '../metadata/registry.js';
import { isComputed } from '../metadata/unknown-property.js';
import type { ServiceLimits } from '../store/limits.js';
import { requireObject } from './entity-address.js';
import { storedValueOf } from './property-check.js';

/** Rejects a class that uses a property name which the store reserves. */
export function checkMemberNames({ className, properties }: EntityMetadata, { reservedNames }: ServiceLimits): void {
  const problems = properties
    .filter(({ storedName }) => reservedNames.includes(storedName.toLowerCase()))
    .map(({ name, storedName }) => ({
      code: 'metadata.reserved-name' as const,
      property: name,
      message: `the store keeps the name "${storedName}" to itself: give another, @Property({ name })`,
    }));
  if (problems.length > 0) {
    const lines = problems.map(({ property, message }) => `\n- ${property}: ${message}.`);
    throw new EntitableError(
      'metadata.reserved-name',
      `${className} cannot be stored here as it is declared:${lines.join('')}`,
      {
        className,
        problems,
      },
    );
  }
}

/**
 * Rejects a class with a constant default that cannot be stored. Otherwise writes would fail because of a value that
 * nobody assigned.
 */
export function checkDefaults({ className, properties }: EntityMetadata, limits: ServiceLimits): void {
  const problems: MetadataProblem[] = [];
  for (const property of properties) {
    const { name, default: value } = property;
    if (value === undefined || value === null || typeof value === 'function') continue;
    try {
      storedValueOf(className, property, limits)(value);
    } catch (error) {
      const why = error instanceof Error ? error.message : 'its converter threw';
      problems.push({
        code: 'metadata.invalid-property',
        property: name,
        message: `its default cannot be stored: ${why}`,
      });
    }
  }
  if (problems.length === 0) return;
  const lines = problems.map(({ property, message }) => `\n- ${property}: ${message}`);
  throw new EntitableError('metadata.invalid-property', `${className} is not declared correctly:${lines.join('')}`, {
    className,
    problems,
  });
}

/** Rejects an entity with more properties or bytes than the store allows. */
export function checkLimits({ className }: EntityMetadata, count: number, size: number, limits: ServiceLimits): void {
  if (count > limits.properties) {
    throw new EntitableError(
      'validation.too-many-properties',
      `An entity of ${className} has ${count} properties; the store takes ${limits.properties} beside the keys and the timestamp. Store some of them together, e.g. as JSON.`,
      { className, count, limit: limits.properties },
    );
  }
  if (size > limits.entityBytes) {
    throw new EntitableError(
      'validation.entity-too-large',
      `An entity of ${className} has ${size} bytes, names included; the store takes ${limits.entityBytes}. Keep large values elsewhere and store where they are.`,
      { className, size, limit: limits.entityBytes },
    );
  }
}

/** Rejects an entity whose ETag or timestamp property could not be set after the write. */
export function checkReceivers({ className, etag, timestamp }: EntityMetadata, entity: object): void {
  for (const name of [etag, timestamp]) {
    if (name !== undefined && !isWritable(className, entity, name)) {
      throw readOnly(className, name, ': it receives what the store answers. Write a copy of the entity');
    }
  }
}

/** Creates the error for a member of an entity that cannot be set. */
export function readOnly(className: string, property: string, remedy = '. Leave it out'): EntitableError {
  return new EntitableError(
    'entity.read-only',
    `${className}.${property} cannot be set on this entity, which is frozen or has no setter${remedy}.`,
    { className, property },
  );
}

/** Creates the error for a name that is not a property the caller can set. */
export function notStored(
  { className, entityClass }: EntityMetadata,
  subject: string,
  property: string,
  kind: Member['kind'] | undefined,
  remedy = 'Leave it out',
): EntitableError {
  const reason =
    kind === 'key'
      ? 'is part of its key, which never changes'
      : kind === undefined
        ? isComputed(entityClass, property)
          ? 'is computed by a getter of the class, and not stored'
          : 'is no stored property'
        : `is its ${kind}, which the store gives`;
  return new EntitableError('validation.unknown-property', `${subject} ${property}, which ${reason}. ${remedy}.`, {
    className,
    property,
  });
}

/** Creates the error for an entity that lacks properties which its class requires. */
export function missingProperties(
  className: string,
  properties: readonly string[],
  subject = 'An entity',
): EntitableError {
  const [one, ...more] = properties;
  return new EntitableError(
    'validation.missing-property',
    `${subject} of ${className} has no ${[one, ...more].join(', ')}, which the class requires. Give ${more.length > 0 ? 'them values' : 'it a value'}, ` +
      'or a default where it is declared.',
    { className, properties },
  );
}

/** Returns whether a member of an entity can be set. */
export function isWritable(className: string, entity: object, name: string): boolean {
  try {
    return hasWritable(entity, name);
  } catch (error) {
    throw memberFailed(className, name, error);
  }
}

function hasWritable(entity: object, name: string): boolean {
  for (let holder: object | null = entity; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor === undefined) continue;
    if (descriptor.set !== undefined) return true;
    return descriptor.writable === true && (holder === entity || Object.isExtensible(entity));
  }
  return Object.isExtensible(entity);
}

const CHECKED = new WeakMap<object, WeakSet<object>>();

/**
 * Rejects values that are not objects, and instances of a subclass that declares properties of its own: the class of
 * the repository that writes the entity does not know those properties, so they would be lost silently.
 */
export function checkClass({ entityClass, className, partitionKey, rowKey }: EntityMetadata, entity: object): void {
  requireObject(className, 'An entity', entity, () => [...partitionKey.parts, ...rowKey.parts].map(({ name }) => name));
  const own = classOf(entity);
  if (own === entityClass || own === undefined || !(entity instanceof entityClass)) return;
  let checked = CHECKED.get(entityClass);
  if (checked === undefined) CHECKED.set(entityClass, (checked = new WeakSet()));
  if (checked.has(own)) return;
  for (let current = own as object; current !== entityClass; current = Object.getPrototypeOf(current) as object) {
    const [property] = propertiesOf(current);
    if (property === undefined) continue;
    throw new EntitableError(
      'metadata.not-an-entity',
      `${own.name} declares ${property.name}, which ${className} does not have, so a repository of ${className} would lose it. ` +
        `Decorate ${own.name} with @Entity and use a repository of its own.`,
      { className: own.name },
    );
  }
  checked.add(own);
}
