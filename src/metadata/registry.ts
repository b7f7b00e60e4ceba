import type { EdmType } from '../edm/edm-type.js';
import type { AnyConverter } from './converter.js';
import type { EntityMetadata } from './entity-metadata.js';
import { shared } from './shared-slot.js';

/** What a property is to its entity. */
export type PropertyRole = 'property' | 'partition' | 'row' | 'etag' | 'timestamp';

/** What one decorator said about one property. */
export interface PropertyDefinition {
  readonly name: string;
  readonly role: PropertyRole;
  readonly storedName?: string | undefined;
  readonly type?: EdmType | undefined;
  readonly converter?: AnyConverter | undefined;
  readonly default?: unknown;
}

/** What `@Entity` said about a class. */
export interface EntityDefinition {
  readonly table: string;
  readonly partitionKey?: string | undefined;
  readonly rowKey?: string | undefined;
  readonly create?: (() => object) | undefined;
}

/** What is recorded about a class until somebody asks for its metadata. */
export interface ClassRecord {
  entity?: EntityDefinition;
  readonly properties: PropertyDefinition[];
  metadata?: EntityMetadata;
}

// Keyed by the class itself, never by its name: minifiers give many classes one name.
const records = shared('classes', () => new WeakMap<object, ClassRecord>());

/** The record of a class, made when there is none. */
export function recordOf(target: object): ClassRecord {
  let record = records.get(target);
  if (record === undefined) {
    records.set(target, (record = { properties: [] }));
  }
  return record;
}

/** The record of a class that said anything about itself. */
export function knownRecord(target: object): ClassRecord | undefined {
  return records.get(target);
}
