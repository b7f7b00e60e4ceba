import { EntitableError } from '../errors/entitable-error.js';
import { discover } from './discover.js';
import type { EntityMetadata } from './entity-metadata.js';
import type { EntityClass } from './entity-types.js';
import { knownRecord } from './registry.js';

/**
 * Everything known about an entity class: resolved from its decorators, validated and frozen when first asked for.
 * Throws `metadata.*`; one error lists all that is wrong with the class.
 */
export function metadataOf<T extends object>(entityClass: EntityClass<T>): EntityMetadata<T> {
  const record = typeof entityClass === 'function' ? knownRecord(entityClass) : undefined;
  if (record?.entity === undefined) {
    throw notAnEntity(entityClass);
  }
  record.metadata ??= discover(entityClass, record.entity);
  return record.metadata as unknown as EntityMetadata<T>;
}

function notAnEntity(found: unknown): EntitableError {
  if (typeof found !== 'function') {
    return new EntitableError(
      'metadata.not-an-entity',
      `An entity class was expected, not ${found === null ? 'null' : typeof found}. ` +
        'A class that is imported in a circle is undefined until the circle is complete: look at the imports of the file that uses it.',
      { className: typeof found },
    );
  }
  const className = found.name || 'A class without a name';
  return new EntitableError(
    'metadata.not-an-entity',
    `${className} is not an entity class. Decorate it with @Entity({ table }), or describe it with defineEntity(${found.name || 'Class'}, { table, properties }).`,
    { className },
  );
}
