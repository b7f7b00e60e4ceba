import { EntitableError } from '../errors/entitable-error.js';
import { characterName, forbiddenCharacter } from '../metadata/key-text.js';
import { keySize, type ServiceLimits } from '../store/limits.js';
import type { UndeclaredValue } from '../store/row.js';

/** A property as it is stored. */
export type StoredProperty = readonly [name: string, value: UndeclaredValue];

/** Where rows are to be written. */
export interface RowTarget {
  readonly table: string;
  readonly limits: ServiceLimits;
}

/** Refuses, before anything is sent, a key that a table cannot have. Throws `key.*`. */
export function checkKey(key: 'PartitionKey' | 'RowKey', text: string, { table, limits }: RowTarget): void {
  const subject = `The ${key} of a row for the table ${table}`;
  const character = forbiddenCharacter(text);
  if (character !== undefined) {
    const message = `${subject} holds ${characterName(character)}, which the service forbids in keys (/ \\ # ? and control characters).`;
    throw new EntitableError('key.forbidden-character', message, { className: table, key, character });
  }
  const limit = key === 'PartitionKey' ? limits.keyBytes.partition : limits.keyBytes.row;
  const size = keySize(text, limits);
  if (size > limit) {
    const message = `${subject} has ${size} bytes; the store takes ${limit}. Give a shorter one by transform.`;
    throw new EntitableError('key.too-long', message, { className: table, key, size, limit });
  }
}

/** Refuses properties that the table's store does not take. Throws `validation.*`. */
export function checkProperties(properties: readonly StoredProperty[], { table, limits }: RowTarget): void {
  const [count, limit] = [properties.length, limits.properties];
  if (count > limit) {
    const message = `A row for the table ${table} has ${count} properties; the store takes ${limit}. Leave some out by transform.`;
    throw new EntitableError('validation.too-many-properties', message, { className: table, count, limit });
  }
  for (const [property, value] of properties) {
    if (limits.reservedNames.includes(property.toLowerCase())) {
      const message = `The store of the table ${table} keeps the name "${property}" to itself. Give the property another by transform.`;
      throw new EntitableError('validation.unknown-property', message, { className: table, property });
    }
    checkLength(property, value, { table, limits });
  }
}

/** Refuses a row that is larger than the table's store takes. Throws `validation.entity-too-large`. */
export function checkSize(size: number, { table, limits: { entityBytes: limit } }: RowTarget): void {
  if (size <= limit) return;
  const message = `A row for the table ${table} has ${size} bytes, names included; the store takes ${limit}. Make it smaller by transform.`;
  throw new EntitableError('validation.entity-too-large', message, { className: table, size, limit });
}

function checkLength(property: string, value: UndeclaredValue, { table, limits }: RowTarget): void {
  const [size, limit] =
    value.type === 'Binary'
      ? [value.bytes.byteLength, limits.binaryBytes]
      : [value.text.length, value.type === 'String' ? limits.stringUnits : Infinity];
  if (size <= limit) return;
  const unit = value.type === 'Binary' ? 'bytes' : 'UTF-16 units';
  const message = `"${property}" of a row for the table ${table} has ${size} ${unit}; the store takes ${limit}. Split it by transform.`;
  throw new EntitableError('validation.too-long', message, {
    className: table,
    property,
    storedName: property,
    size,
    limit,
  });
}
