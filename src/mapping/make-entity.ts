import type { EntityMetadata } from '../metadata/entity-metadata.js';
import type { EntityClass } from '../metadata/key-types.js';
import { metadataOf } from '../metadata/metadata-of.js';
import { requireObject } from './entity-address.js';
import { notStored, readOnly } from './entity-check.js';
import { ownMember, putMember } from './member-access.js';
import { assignedBy } from './patch.js';
import { absentValue } from './property-reader.js';
import { stamp } from './stamp.js';
import { snapshot } from './unassigned.js';

type Values = Readonly<Record<string, unknown>>;

/**
 * Creates an instance of an entity class from values such as a client's JSON. It is for integrations that create
 * entities, as `fromPlain` of `entitable/class-transformer` does; applications use `repository.create`, which checks
 * the values.
 *
 * Properties without a value get their default, or whatever the class itself sets. They count as unassigned: when the
 * entity is saved under an ETag, the row keeps its values for them. Values with names that are not stored properties
 * are copied too, except those of methods and of members that cannot be set.
 *
 * @throws EntitableError `metadata.*`, `entity.not-an-object`.
 */
export function makeEntity<T extends object>(entityClass: EntityClass<T>, values: Values): T {
  const metadata = metadataOf(entityClass);
  requireObject(metadata.className, 'The values', values, () => namesOf(metadata));
  return made(metadata, assignedBy(metadata.className, values), (entity, name, value) => {
    if (!isMethod(metadata, entity, name)) putMember(entity, name, value);
  });
}

/**
 * Creates a new entity from its values, as `repository.create` does, and rejects values that would not be stored.
 * Throws `validation.unknown-property`, `entity.not-an-object`, `entity.read-only`, `metadata.not-constructible`.
 */
export function createEntity<T extends object>(metadata: EntityMetadata<T>, values: object): T {
  const { className, members } = metadata;
  requireObject(className, 'The values', values, () => namesOf(metadata));
  const assigned = assignedBy(className, values);
  for (const name of Object.keys(assigned)) {
    const kind = members.get(name)?.kind;
    if (kind === 'etag' || kind === 'timestamp')
      throw notStored(metadata, `The values of a new ${className} name`, name, kind);
  }
  return made(metadata, assigned, (entity, name, value) => {
    if (!members.has(name) && !isAccessor(entity, name))
      throw notStored(metadata, `The values of a new ${className} name`, name, undefined, FORGOTTEN);
    // A stored member that cannot be set has already been set by the class's own `create`.
    if (!putMember(entity, name, value) && !members.has(name)) throw readOnly(className, name);
  });
}

function made<T extends object>(
  metadata: EntityMetadata<T>,
  assigned: Values,
  give: (entity: T, name: string, value: unknown) => void,
): T {
  const { properties, etag } = metadata;
  const others = properties.filter(({ name, copiesKey }) => !copiesKey && assigned[name] === undefined);
  const defaults = others.filter(({ default: value }) => value !== undefined);
  const values = {
    ...assigned,
    ...Object.fromEntries(defaults.map((property) => [property.name, absentValue(property)()])),
  };
  const entity = metadata.create(values);
  for (const [name, value] of Object.entries(assigned)) give(entity, name, value);
  for (const { name } of defaults) {
    if (ownMember(entity, name) === undefined) putMember(entity, name, values[name]);
  }
  // Without an ETag property, `save` never updates a row that was not read; only an upsert can. An upsert that merges
  // keeps the row's value of a property with an unassigned default, so only the properties with defaults are recorded.
  const unassigned = (etag === undefined ? defaults : others)
    .map((property): [string, unknown] => [property.name, snapshot(property, ownMember(entity, property.name))])
    .filter(([, stored]) => stored !== undefined);
  if (unassigned.length > 0) stamp(entity, { kind: 'made', unassigned: new Map(unassigned) });
  return entity;
}

const FORGOTTEN =
  'Decorate it with @Property, or name it in defineEntity, where it is to be stored; else leave it out, and make it optional in the class';

/** Returns whether a member is a getter or setter of the class, e.g. a setter that fills stored properties. */
function isAccessor(entity: object, name: string): boolean {
  for (let holder = entity; holder !== null; holder = Object.getPrototypeOf(holder) as object) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor !== undefined) return name !== '__proto__' && !Object.hasOwn(descriptor, 'value');
  }
  return false;
}

/** Returns a few names of a class as examples for a message. */
function namesOf({ members }: EntityMetadata): readonly string[] {
  return [...members.keys()].slice(0, 3);
}

function isMethod({ members }: EntityMetadata, entity: object, name: string): boolean {
  return !members.has(name) && typeof (entity as Values)[name] === 'function';
}
