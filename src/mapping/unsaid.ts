import { isDate } from 'node:util/types';
import { isBytes } from '../edm/bytes.js';
import { exactTicks, preciseDate } from '../edm/date-time.js';
import { atOnce } from '../options/check-option.js';
import type { EntityMetadata, PropertyMetadata } from '../metadata/entity-metadata.js';
import { isStoredAs } from './property-difference.js';

/**
 * What an entity says nothing of, although its row may hold it, or it holds something: by property, `undefined` where nobody gave a
 * value, and the stored form of what the entity has by itself, such as the value of a field's initialiser. As long as it still has
 * that, a save leaves the row's property alone.
 */
export type Unsaid = ReadonlyMap<string, unknown>;

/** The stored form of a value, which does not change with the value; `undefined` where there is none. */
export function snapshot({ converter }: PropertyMetadata, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  try {
    const stored = converter === undefined ? value : atOnce(converter.toStored(value), 'toStored');
    if (isDate(stored)) return copyOf(stored);
    return isBytes(stored) ? Uint8Array.from(stored) : stored;
  } catch {
    return undefined; // writing the entity tells why
  }
}

function copyOf(date: Date): Date {
  const ticks = exactTicks(date);
  return ticks === undefined ? new Date(date) : preciseDate(date.getTime(), ticks);
}

/** Whether an entity still has, as the value of a property, what nobody gave it. */
export function isStillUnsaid(
  className: string,
  property: PropertyMetadata,
  value: unknown,
  unsaid: Unsaid | undefined,
): boolean {
  if (unsaid === undefined || !unsaid.has(property.name)) return false;
  const before = unsaid.get(property.name);
  if (before === undefined || value === undefined || value === null) return before === value;
  const stored = snapshot(property, value);
  return stored !== undefined && isStoredAs(className, property, { value, stored }, before);
}

/** The names of an entity that are checked when it is written: all of its class, and all that it has itself, but what is unsaid. */
export function saidNames({ members }: EntityMetadata, entity: object, unsaid: Unsaid): readonly string[] {
  return [...new Set([...members.keys(), ...Object.keys(entity)])].filter((name) => !unsaid.has(name));
}
