import { discover } from './discover.js';
import type { EntityMetadata } from './entity-metadata.js';
import type { EntityClass } from './key-types.js';
import { notAnEntity } from './not-an-entity.js';
import { knownRecord } from './registry.js';

/**
 * Returns the metadata of an entity class. The first call resolves it from the decorators, validates it and freezes it.
 * Throws `metadata.*`; one error lists all mistakes in the class.
 */
export function metadataOf<T extends object>(entityClass: EntityClass<T>): EntityMetadata<T> {
  const record = typeof entityClass === 'function' ? knownRecord(entityClass) : undefined;
  if (record?.entity === undefined) {
    throw notAnEntity(entityClass);
  }
  record.metadata ??= discover(entityClass, record.entity);
  return record.metadata as unknown as EntityMetadata<T>;
}
