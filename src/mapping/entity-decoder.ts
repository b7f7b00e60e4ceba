import type { EntityMetadata, Member } from '../metadata/entity-metadata.js';
import { parseKey, type KeyTemplate } from '../metadata/key-template.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type RowReader, type Slot } from '../store/row.js';
import { propertyReader } from './property-reader.js';
import { LoadedState, stamp, type EntitySource } from './stamp.js';

/** Sets one thing on an entity, from the row it is read from. */
export type Step = (entity: Record<string, unknown>, row: RowReader) => void;

/** Fills an entity from a row: every mapped property is set, and the entity is stamped with what it came from. */
export function entityFiller(metadata: EntityMetadata, source: EntitySource): (entity: object, row: RowReader) => void {
  const others = [...metadata.members.values()].filter(({ kind }) => kind !== 'key');
  const steps = [
    keyStep(metadata.partitionKey),
    keyStep(metadata.rowKey),
    ...others.map((member) => memberStep(metadata, member)),
  ];
  return (entity, row) => {
    for (const step of steps) step(entity as Record<string, unknown>, row);
    stamp(entity, new LoadedState(source, row.retain()));
  };
}

/** Sets what one name of the class stands for. */
export function memberStep({ className }: EntityMetadata, member: Member): Step {
  switch (member.kind) {
    case 'property':
      return setter(member.name, propertyReader(className, member.property));
    case 'key': {
      const { name, template, index } = member;
      const slot = slotOfKey(template);
      return isText(template)
        ? setter(name, (row) => row.string(slot))
        : setter(name, (row) => parseKey(template, row.string(slot))[index]);
    }
    case 'etag':
      return setter(member.name, (row) => row.etag);
    case 'timestamp':
      return setter(member.name, (row) => new Date(row.milliseconds(TIMESTAMP)));
    default:
      return member satisfies never;
  }
}

/** Sets all properties that a key is composed of: the key is parsed once, also when it is constant, to refuse rows of others. */
function keyStep(template: KeyTemplate): Step {
  const { parts } = template;
  const slot = slotOfKey(template);
  if (isText(template)) return setter(parts[0]!.name, (row) => row.string(slot));
  return (entity, row) => {
    const values = parseKey(template, row.string(slot));
    for (let index = 0; index < parts.length; index++) assign(entity, parts[index]!.name, values[index]);
  };
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

function setter(name: string, read: (row: RowReader) => unknown): Step {
  return name === '__proto__'
    ? (entity, row) => assign(entity, name, read(row))
    : (entity, row) => {
        entity[name] = read(row);
      };
}

function assign(entity: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(entity, name, { value, writable: true, enumerable: true, configurable: true });
  else entity[name] = value;
}
