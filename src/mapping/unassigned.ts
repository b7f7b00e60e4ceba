import { isDate } from 'node:util/types';
import { isBytes } from '../edm/bytes.js';
import { exactTicks, preciseDate } from '../edm/date-time.js';
import { atOnce } from '../options/check-option.js';
import type { EntityMetadata, PropertyMetadata } from '../metadata/entity-metadata.js';
import { isStoredAs } from './property-difference.js';

/**
 * The properties of an entity that the caller never assigned, by name. The value is `undefined` for a property without
 * a value, or the stored form of a value that the class set itself, e.g. in a field's initialiser. As long as the
 * entity still has that value, saving it leaves the property of the row unchanged.
 */
export type Unassigned = ReadonlyMap<string, unknown>;

/**
 * Returns a copy of the stored form of a value, which later changes to the value do not affect. Returns `undefined` if
 * the value has no stored form.
 */
export function snapshot({ converter }: PropertyMetadata, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  try {
    return detached(converter === undefined ? value : atOnce(converter.toStored(value), 'toStored'));
  } catch {
    return undefined; // writing the entity reports the error
  }
}

/** Returns a stored value that later changes to a `Date` or to bytes do not affect. */
export function detached(stored: unknown): unknown {
  if (typeof stored !== 'object') return stored;
  if (isDate(stored)) return copyOf(stored);
  return isBytes(stored) ? Uint8Array.from(stored) : stored;
}

function copyOf(date: Date): Date {
  const ticks = exactTicks(date);
  return ticks === undefined ? new Date(date) : preciseDate(date.getTime(), ticks);
}

/** Returns whether a property still has a value that the caller never assigned. */
export function isStillUnassigned(
  className: string,
  property: PropertyMetadata,
  value: unknown,
  unassigned: Unassigned | undefined,
): boolean {
  if (unassigned === undefined || !unassigned.has(property.name)) return false;
  const before = unassigned.get(property.name);
  if (before === undefined || value === undefined || value === null) return before === value;
  const stored = snapshot(property, value);
  return stored !== undefined && isStoredAs(className, property, { value, stored }, before);
}

/**
 * Returns the names that are validated when an entity is written: those of its class and its own members, without
 * unassigned ones.
 */
export function assignedNames({ members }: EntityMetadata, entity: object, unassigned: Unassigned): readonly string[] {
  return [...new Set([...members.keys(), ...Object.keys(entity)])].filter((name) => !unassigned.has(name));
}
