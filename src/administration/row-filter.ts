import { bind } from '../filter/bind.js';
import { bindStored } from '../filter/bind-stored.js';
import { express } from '../filter/express.js';
import { conditionOf } from '../filter/filter.js';
import { conditionSaid } from '../filter/make-filter.js';
import { storedReferences } from '../filter/stored-refs.js';
import type { FilterNode } from '../store/filter-node.js';
import type { TablePlace } from './table-place.js';

/** What a filter, or a callback that makes one, asks of the rows of a place. Throws `query.*`. */
export function rowFilter({ table, scope, metadata }: TablePlace, filter: unknown): FilterNode | boolean {
  if (filter === undefined) return true;
  if (metadata !== undefined) return express(bind(metadata, conditionSaid(filter)), scope.known);
  const said = typeof filter === 'function' ? (filter as (given: unknown) => unknown)(storedReferences()) : filter;
  return bindStored(table, conditionOf(said));
}
