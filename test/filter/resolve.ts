import { bind } from '../../src/filter/bind.js';
import { lowerFilter } from '../../src/filter/lower-filter.js';
import { conditionOfFilter, type Filter } from '../../src/filter/filter.js';
import { filter } from '../../src/filter/make-filter.js';
import { toOData } from '../../src/filter/odata.js';
import type { PropertyRefs } from '../../src/filter/property-refs.js';
import type { EntityClass } from '../../src/metadata/key-types.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import type { FilterNode } from '../../src/store/filter-node.js';

type Callback<T> = (property: PropertyRefs<T>) => Filter<T>;

/** Binds and lowers a filter of a class, with no parts of its keys known. */
export function resolve<T extends object>(
  entityClass: EntityClass<T>,
  condition: Callback<T> | Filter<T>,
): FilterNode | boolean {
  const asked = typeof condition === 'function' ? filter(entityClass, condition) : condition;
  return lowerFilter(bind(metadataOf(entityClass), conditionOfFilter(asked)), new Map());
}

/** Returns the lowered filter as OData text. */
export function odataOf<T extends object>(entityClass: EntityClass<T>, condition: Callback<T>): string | boolean {
  const resolved = resolve(entityClass, condition);
  return typeof resolved === 'boolean' ? resolved : toOData(resolved);
}
