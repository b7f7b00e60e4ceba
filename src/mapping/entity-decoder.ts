import type { EdmType } from '../edm/edm-type.js';
import type { EntityMetadata, Member, PropertyMetadata } from '../metadata/entity-metadata.js';
import { parseKey, type KeyTemplate } from '../metadata/key-template.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type RowReader, type Slot } from '../store/row.js';
import { setMember } from './member-access.js';
import { propertyReader } from './property-reader.js';
import { readExact } from './stored-value.js';
import { LoadedState, stamp, type EntitySource } from './stamp.js';

/** Sets one thing on an entity, from the row it is read from. */
export type Set = (entity: Record<string, unknown>, row: RowReader) => void;

const PROTO = '__proto__';

/** What one name of a class is set from. */
export interface Step {
  readonly name: string;
  /** Where the very value stands, if the row has it in this type; without a type, what the name is set to is made of it. */
  readonly slot: Slot;
  readonly type: EdmType | undefined;
  /** Sets it whatever the row has. */
  readonly set: Set;
}

/** Fills an entity from a row: every mapped property is set, and the entity is stamped with what it came from. */
export function entityFiller(metadata: EntityMetadata, source: EntitySource): (entity: object, row: RowReader) => void {
  const others = [...metadata.members.values()].filter(({ kind }) => kind !== 'key');
  const steps = [
    keyStep(metadata.partitionKey),
    keyStep(metadata.rowKey),
    ...others.map((member) => memberStep(metadata, member)),
  ];
  return (entity, row) => {
    takeSteps(steps, entity as Record<string, unknown>, row);
    stamp(entity, new LoadedState(source, row.retain()));
  };
}

/** Sets names of an object from a row. What stands in the row as it is declared, which is nearly everything, is read without a call between. */
export function takeSteps(steps: readonly Step[], entity: Record<string, unknown>, row: RowReader): void {
  for (const { name, type, slot, set } of steps) {
    if (type !== undefined && row.typeOf(slot) === type) setMember(entity, slot, name, readExact(type, row, slot));
    else set(entity, row);
  }
}

/** Sets what one name of the class stands for. */
export function memberStep({ className }: EntityMetadata, member: Member): Step {
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
function keyStep(template: KeyTemplate): Step {
  const { parts } = template;
  const slot = slotOfKey(template);
  if (isText(template)) return step(parts[0]!.name, (row) => row.string(slot), slot, 'String');
  const set: Set = (entity, row) => {
    const values = parseKey(template, row.string(slot));
    for (let index = 0; index < parts.length; index++) assign(entity, parts[index]!.name, values[index]);
  };
  return { name: '', slot, type: undefined, set };
}

function propertyStep(className: string, property: PropertyMetadata): Step {
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

function step(name: string, read: (row: RowReader) => unknown, slot: Slot = 0, type?: EdmType): Step {
  return { name, slot, type: name === PROTO ? undefined : type, set: (entity, row) => assign(entity, name, read(row)) };
}

function assign(entity: Record<string, unknown>, name: string, value: unknown): void {
  if (name === PROTO)
    Object.defineProperty(entity, name, { value, writable: true, enumerable: true, configurable: true });
  else entity[name] = value;
}
