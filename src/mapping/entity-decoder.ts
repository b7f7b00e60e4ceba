import type { EdmType } from '../edm/edm-type.js';
import type { EntityMetadata, Member, PropertyMetadata } from '../metadata/entity-metadata.js';
import { parseKey, type KeyTemplate } from '../metadata/key-template.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type RowReader, type Slot } from '../store/row.js';
import { readOnly } from './entity-check.js';
import { ownMember, putMember, setMember } from './member-access.js';
import { propertyReader, readExact } from './property-reader.js';
import { ComputedState, LoadedState, stamp, type EntityOrigin } from './stamp.js';
import { snapshot } from './unassigned.js';
import { unknownProperty } from '../metadata/unknown-property.js';
import type { Projector } from './entity-reader.js';

/** Sets a member, or all members of a key, on an entity from its row. */
export type Set = (entity: Record<string, unknown>, row: RowReader) => void;

const PROTO = '__proto__';

/** A step of the decoder, which reads one member of an entity from a row. */
export interface MemberStep {
  readonly name: string;
  /**
   * The slot of the value in the row, and its declared type. If the row stores exactly this type, the value is copied
   * without calling `set`, which is faster. For a member without a type, `set` is always called.
   */
  readonly slot: Slot;
  readonly type: EdmType | undefined;
  /** Reads and sets the member, whatever type the row stores. */
  readonly set: Set;
}

/** Turns the rows of one class into entities. */
export interface EntityDecoder<T extends object> {
  /** Creates an entity from a row. */
  readonly decode: (row: RowReader) => T;
  /** Reads a row into an existing entity. */
  readonly fill: (entity: object, row: RowReader) => void;
}

/**
 * Builds the decoder of a class. The decoder sets every mapped property, and attaches to the entity a state (see
 * `stamp.ts`) that records the row, the table and the store.
 */
export function entityDecoder<T extends object>(metadata: EntityMetadata<T>, source: EntityOrigin): EntityDecoder<T> {
  const others = [...metadata.members.values()].filter(({ kind }) => kind !== 'key');
  const steps = [
    keyStep(metadata.partitionKey),
    keyStep(metadata.rowKey),
    ...others.map((member) => memberStep(metadata, member)),
  ];
  const remember = rememberer(metadata, source);
  const fill = (entity: object, row: RowReader): void => {
    takeSteps(steps, entity as Record<string, unknown>, row);
    stamp(entity, remember(entity, row));
  };
  if (!metadata.takesValues) {
    const decode = (row: RowReader): T => {
      const entity = metadata.create(NO_VALUES);
      fill(entity, row);
      return entity;
    };
    return { decode, fill };
  }
  // Members that cannot be set keep the value that the class's own `create` gave them.
  const put = (entity: object, row: RowReader, values: Readonly<Record<string, unknown>>): readonly string[] => {
    const refused = Object.keys(values).filter((name) => !putMember(entity, name, values[name]));
    stamp(entity, remember(values, row));
    return refused;
  };
  const valuesOf = (row: RowReader): Readonly<Record<string, unknown>> => {
    const values = {};
    takeSteps(steps, values, row);
    return values;
  };
  return {
    decode: (row) => {
      const values = valuesOf(row);
      const entity = metadata.create(values);
      put(entity, row, values);
      return entity;
    },
    fill: (entity, row) => {
      const [refused] = put(entity, row, valuesOf(row));
      if (refused !== undefined) throw readOnly(metadata.className, refused, ': read the entity anew instead');
    },
  };
}

const NO_VALUES = Object.freeze({});

/**
 * Returns the function that creates the state that is attached to an entity. It records the defaults that functions
 * computed, because calling the functions again may return other values.
 */
function rememberer(
  { properties }: EntityMetadata,
  source: EntityOrigin,
): (entity: object, row: RowReader) => LoadedState {
  const computed = properties.filter(({ default: value, copiesKey }) => typeof value === 'function' && !copiesKey);
  if (computed.length === 0) return (_, row) => new LoadedState(source, row.retain());
  return (entity, row) => {
    const given = computed.filter(({ slot }) => row.typeOf(slot) === undefined);
    if (given.length === 0) return new LoadedState(source, row.retain());
    const defaults = given.map(
      (property) => [property.name, snapshot(property, ownMember(entity, property.name))] as const,
    );
    return new ComputedState(source, row.retain(), new Map(defaults));
  };
}

/**
 * Sets members of an object from a row. Values stored in their declared type, which is nearly all, are read without an
 * intermediate call.
 */
function takeSteps(steps: readonly MemberStep[], entity: Record<string, unknown>, row: RowReader): void {
  for (const { name, type, slot, set } of steps) {
    if (type !== undefined && row.typeOf(slot) === type) setMember(entity, slot, name, readExact(type, row, slot));
    else set(entity, row);
  }
}

/** Returns the step of the decoder that sets one member. */
function memberStep({ className }: EntityMetadata, member: Member): MemberStep {
  switch (member.kind) {
    case 'property':
      return propertyStep(className, member.property);
    case 'key': {
      const { name, template, index } = member;
      const slot = slotOfKey(template);
      return isText(template)
        ? step(name, (row) => row.string(slot), slot, 'String')
        : step(name, (row) => parseKey(template, row.string(slot))[index]);
    }
    case 'etag':
      return step(member.name, (row) => row.etag);
    case 'timestamp':
      return step(member.name, (row) => new Date(row.milliseconds(TIMESTAMP)), TIMESTAMP, 'DateTime');
    default:
      return member satisfies never;
  }
}

/**
 * Returns the step of the decoder that sets all properties of a key, parsing the key once. Constant keys are parsed
 * too, so that rows of other classes are rejected.
 */
function keyStep(template: KeyTemplate): MemberStep {
  const { parts } = template;
  const slot = slotOfKey(template);
  if (isText(template)) return step(parts[0]!.name, (row) => row.string(slot), slot, 'String');
  const set: Set = (entity, row) => {
    const values = parseKey(template, row.string(slot));
    for (let index = 0; index < parts.length; index++) assign(entity, parts[index]!.name, values[index]);
  };
  return { name: '', slot, type: undefined, set };
}

function propertyStep(className: string, property: PropertyMetadata): MemberStep {
  const { name, slot, type, converter } = property;
  return step(name, propertyReader(className, property), slot, converter === undefined ? type : undefined);
}

/**
 * Returns a check that a row's keys match the class's templates. A key that is the unchanged text of a property needs
 * no check.
 */
export function keyChecker({ partitionKey, rowKey }: EntityMetadata): (row: RowReader) => void {
  const composed = [partitionKey, rowKey].filter((template) => !isText(template));
  return (row) => {
    for (const template of composed) parseKey(template, row.string(slotOfKey(template)));
  };
}

function slotOfKey({ key }: KeyTemplate): Slot {
  return key === 'PartitionKey' ? PARTITION_KEY : ROW_KEY;
}

function isText({ plain, parts }: KeyTemplate): boolean {
  return plain && parts[0]!.converter === undefined;
}

function step(name: string, read: (row: RowReader) => unknown, slot: Slot = 0, type?: EdmType): MemberStep {
  return { name, slot, type: name === PROTO ? undefined : type, set: (entity, row) => assign(entity, name, read(row)) };
}

function assign(entity: Record<string, unknown>, name: string, value: unknown): void {
  if (name === PROTO)
    Object.defineProperty(entity, name, { value, writable: true, enumerable: true, configurable: true });
  else entity[name] = value;
}

/** Builds the projector for some properties of a class. It requests only the columns that these properties need. */
export function projector(metadata: EntityMetadata, names: readonly string[]): Projector {
  const members = [...new Set(names)].map((name) => memberOf(metadata, name));
  const steps = members.map((member) => memberStep(metadata, member));
  return {
    request: { select: Object.freeze(members.flatMap(slotsOf)), etag: members.some(({ kind }) => kind === 'etag') },
    decode(row: RowReader): object {
      const projection: Record<string, unknown> = {};
      takeSteps(steps, projection, row);
      return projection;
    },
  };
}

/** Returns the slots that a member needs, besides the keys, which can always be read. */
function slotsOf(member: Member): readonly Slot[] {
  switch (member.kind) {
    case 'property':
      return [member.property.slot];
    case 'timestamp':
      return [TIMESTAMP];
    default:
      return [];
  }
}

function memberOf(metadata: EntityMetadata, name: string): Member {
  const member = metadata.members.get(name);
  if (member === undefined) throw unknownProperty(metadata, name, [...metadata.members.keys()]);
  return member;
}
