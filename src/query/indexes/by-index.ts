import { Deadline } from '../../async/deadline.js';
import { indexesOf } from '../../indexes/index-rows.js';
import type { Address } from '../../mapping/entity-address.js';
import type { EntityMapper } from '../../mapping/entity-mapper.js';
import type { EntityReader } from '../../mapping/entity-reader.js';
import type { Index } from '../../metadata/indexes/declaration.js';
import type { IndexMetadata } from '../../metadata/entity-metadata.js';
import { keySize } from '../../store/limits.js';
import type { Rows } from '../../store/table-store.js';
import type { MatchWrites } from '../matched-writes.js';
import { indexQuery } from '../query-factory.js';
import type { Query, ReadOptions } from '../query.js';
import { checkIndexKeys, checkUniqueKey, requireIndex } from './index-key.js';
import { IndexReader } from './index-reader.js';

/** A class whose indexes are read, and how its rows are read: by a data source, or by a unit of work. */
export interface IndexReading<T extends object> {
  readonly mapper: EntityMapper<T>;
  /** Reads the entities. */
  readonly entities: EntityReader<T>;
  /** Returns the rows of entries as the unit of work reads them. Not set for a data source. */
  readonly entriesOf?: ((entries: EntityMapper<object>) => Rows) | undefined;
  /** Returns whether an entity is left out of the results. */
  readonly isLeftOut?: ((entity: Address) => boolean) | undefined;
}

/**
 * Starts a query of the entities that an index finds. Sends nothing.
 *
 * @throws EntitableError `validation.invalid-option` for an index of another class, `query.index-building`; `key.*` and
 * `query.invalid-operand` for a wrong key.
 */
export function queryByIndex<T extends object>(
  from: IndexReading<T>,
  declared: Index,
  given: unknown,
  writes: MatchWrites,
): Query<T> {
  const { mapper, entities } = from;
  const index = requireIndex(mapper.metadata, declared, 'by');
  const { partitions, tests } = checkIndexKeys(mapper, index, given);
  return indexQuery({ source: entities, index: readerOf(from, index) }, partitions, tests, writes);
}

/**
 * Reads the entity that a unique index finds: its entry, then the entity. If the entity does not have these values any
 * more, the entry is read again, because another entity may have taken them meanwhile.
 *
 * @throws EntitableError as {@link queryByIndex}.
 */
export async function getByIndex<T extends object>(
  from: IndexReading<T>,
  declared: Index,
  given: unknown,
  options: ReadOptions = {},
): Promise<T | undefined> {
  const { mapper, entities } = from;
  const index = requireIndex(mapper.metadata, declared, 'getBy');
  const address = checkUniqueKey(mapper, index, given);
  const { limits } = entities.store.traits;
  const isTooLong =
    keySize(address.rowKey, limits) > limits.keyBytes.row ||
    keySize(address.partitionKey, limits) > limits.keyBytes.partition;
  if (isTooLong) return undefined; // no entity can have these values
  const reader = readerOf(from, index);
  const reading = { request: {}, decode: entities.decode };
  const deadline = new Deadline({ signal: options.signal, timeout: options.timeout });
  const rest = (): ReadOptions => {
    deadline.check();
    return { ...options, ...deadline.rest };
  };
  let previous: string | undefined;
  for (;;) {
    const found = await reader.entry(address, rest());
    if (found?.place === undefined || found.etag === previous) return undefined;
    const entity = await reader.entity(found.place, { reading }, rest());
    if (entity !== undefined) return entity.result;
    previous = found.etag;
  }
}

function readerOf<T extends object>(
  { mapper, entities, entriesOf, isLeftOut }: IndexReading<T>,
  index: IndexMetadata,
): IndexReader<T> {
  const indexed = indexesOf(mapper)!;
  const maker = indexed.of(index)!;
  return new IndexReader({
    indexed,
    maker,
    entries: entriesOf?.(maker.mapper) ?? maker.mapper.rows,
    entities,
    isLeftOut,
  });
}
