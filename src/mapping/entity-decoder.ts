import type { EdmType } from '../edm/edm-type.js';
import type { EntityMetadata, Member, PropertyMetadata } from '../metadata/entity-metadata.js';
import { parseKey, type KeyTemplate } from '../metadata/key-template.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type RowReader, type Slot } from '../store/row.js';
import { readOnly } from './entity-check.js';
import { ownMember, putMember, setMember } from './member-access.js';
import { propertyReader, readExact } from './property-reader.js';
import { ComputedState, LoadedState, stamp, type EntityOrigin } from './stamp.js';
import { snapshot } from './unsaid.js';
import { unknownProperty } from '../metadata/unknown-property.js';
import type { Projector } from './entity-reader.js';

/** Sets one thing on an entity, from the row it is read from. */
export type Set = (entity: Record<string, unknown>, row: RowReader) => void;

const PROTO = '__proto__';

/** What one name of a class is set from. */
export interface MemberStep {
  readonly name: string;
  /** Where the very value stands, if the row has it in this type; without a type, what the name is set to is made of it. */
  readonly slot: Slot;
  readonly type: EdmType | undefined;
  /** Sets it whatever the row has. */
  readonly set: Set;
}

/** How the rows of one class become entities. */
export interface EntityDecoder<T extends object> {
  /** Makes an entity of a row. */
  readonly decode: (row: RowReader) => T;
  /** Reads a row into an entity that is there already. */
  readonly fill: (entity: object, row: RowReader) => void;
}

/** Decodes rows: every mapped property is set, and the entity is stamped with what it came from. */
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
  // What the class's own `create` has made of a value, and cannot be set, stays as it has made it.
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

/** What an entity remembers of the row that it is read from. */
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

/** Sets names of an object from a row. What stands in the row as it is declared, which is nearly everything, is read without a call between. */
function takeSteps(steps: readonly MemberStep[], entity: Record<string, unknown>, row: RowReader): void {
  for (const { name, type, slot, set } of steps) {
    if (type !== undefined && row.typeOf(slot) === type) setMember(entity, slot, name, readExact(type, row, slot));
    else set(entity, row);
  }
}

/** Sets what one name of the class stands for. */
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

/** Sets all properties that a key is composed of: the key is parsed once, also when it is constant, to refuse rows of others. */
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

/** Checks the keys that are composed; a key that is a property's text as it is can be any. */
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

/** How some properties of a class are read: what is asked of the store is what they need, and nothing else. */
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

/** What a member needs beside the keys, which can always be read. */
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
