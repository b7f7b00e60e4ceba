import { bind } from '../filter/bind.js';
import { bindStored } from '../filter/bind-stored.js';
import { express } from '../filter/express.js';
import { conditionOf } from '../filter/filter.js';
import { propertyReferences } from '../filter/property-reference.js';
import { storedReferences } from '../filter/stored-refs.js';
import type { FilterNode } from '../store/filter-node.js';
import type { TablePlace } from './table-place.js';

/** What a filter, or a callback that makes one, asks of the rows of a place. Throws `query.*`. */
export function rowFilter({ table, scope, metadata }: TablePlace, filter: unknown): FilterNode | boolean {
  if (filter === undefined) return true;
  const references = metadata === undefined ? storedReferences() : propertyReferences();
  const condition = conditionOf(
    typeof filter === 'function' ? (filter as (given: unknown) => unknown)(references) : filter,
  );
  return metadata === undefined ? bindStored(table, condition) : express(bind(metadata, condition), scope.known);
}
