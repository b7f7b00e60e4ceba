import { addressOfRow, type Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import { applyPatch } from '../mapping/patch.js';
import type { RowReader } from '../store/row.js';
import type { Rows } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { IdentityMap } from './identity-map.js';
import type { EntityReader } from '../mapping/entity-reader.js';
import { LEFT_OUT, sievedRows } from '../query/client-filter.js';

/** What rows of one class become when a unit of work reads them: the entities it has, or new ones that it tracks from then on. */
export class TrackedReads<T extends object> {
  readonly #mapper: EntityMapper<T>;
  readonly #rows: IdentityMap;
  readonly #stored: Rows;
  #refreshes = false;

  constructor(mapper: EntityMapper<T>, rows: IdentityMap, stored: Rows) {
    this.#mapper = mapper;
    this.#rows = rows;
    this.#stored = stored;
  }

  /** Reads one row. A removed one is not found, a held one is not read. */
  async get(address: Address, refresh: boolean, options: OperationOptions | undefined): Promise<T | undefined> {
    const known = this.#rows.at(this.#mapper, address);
    if (known?.held.kind === 'delete') return undefined;
    const isHere = known?.entity !== undefined && (!refresh || known.held.kind === 'insert');
    if (isHere) return known.entity as T;
    const { partitionKey, rowKey } = address;
    const decode = (row: RowReader): T | undefined =>
      this.isRemoved(row) ? undefined : this.decoding(refresh, () => this.decode(row));
    const found = await this.#stored.get(partitionKey, rowKey, decode, undefined, options);
    if (found === undefined && refresh && known?.entity !== undefined) this.#rows.forget(known);
    return found;
  }

  /** Decodes a row, and has `decode` fill the entity that the unit has for it where it is to be refreshed. */
  decoding<R>(refresh: boolean, run: () => R): R {
    this.#refreshes = refresh;
    try {
      return run();
    } finally {
      this.#refreshes = false;
    }
  }

  /** The entity of a row: the one that the unit has, or a new one. */
  readonly decode = (row: RowReader): T => (this.#refreshes ? this.#refreshed(row) : this.#tracked(row));

  /** The entity of a row, for a look at it: the one that the unit has, or one that it does not track. */
  readonly peek = (row: RowReader): T => {
    if (this.#refreshes) return this.#mapper.decode(row);
    const known = this.#rows.at(this.#mapper, addressOfRow(row));
    return (known?.entity as T | undefined) ?? this.#mapper.decode(row);
  };

  #tracked(row: RowReader): T {
    const address = addressOfRow(row);
    const known = this.#rows.at(this.#mapper, address);
    if (known?.entity !== undefined) return known.entity as T;
    const entity = this.#mapper.decode(row);
    const merge = known?.held.kind === 'merge' ? known.held : undefined;
    if (merge !== undefined) applyPatch(entity, merge.patch);
    const ifMatch = merge?.ifMatch === '*' ? undefined : merge?.ifMatch;
    const held = { kind: 'difference' as const, ifMatch, saved: merge !== undefined };
    this.#rows.set(
      this.#mapper,
      address,
      entity,
      known !== undefined && this.#rows.isLocked(known) ? known.held : held,
    );
    return entity;
  }

  /** What was changed or held of the entity is gone, but for an insert. */
  #refreshed(row: RowReader): T {
    const address = addressOfRow(row);
    const known = this.#rows.at(this.#mapper, address);
    if (known?.held.kind === 'insert') return known.entity as T;
    const own = known?.entity as T | undefined;
    const entity = own ?? this.#mapper.decode(row);
    this.#rows.set(this.#mapper, address, entity, { kind: 'difference' });
    if (own !== undefined) this.#mapper.fill(own, row);
    if (known?.required !== undefined) this.#rows.require(this.#rows.of(entity)!, row.etag);
    return entity;
  }

  /** Whether the unit has removed a row. */
  isRemoved(row: RowReader): boolean {
    return this.#rows.at(this.#mapper, addressOfRow(row))?.held.kind === 'delete';
  }
}

/** What queries of a unit of work read: the store's rows without those that the unit has removed, as the entities it tracks. */
export function unitRows<T extends object>(
  mapper: EntityMapper<T>,
  stored: Rows,
  reads: TrackedReads<T>,
): EntityReader<T> {
  return {
    metadata: mapper.metadata,
    store: mapper.store,
    table: mapper.table,
    queries: mapper.queries,
    rows: remainingRows(stored, reads),
    decode: reads.decode,
    peek: reads.peek,
    checkKeys: mapper.checkKeys,
    project: (names) => mapper.project(names),
  };
}

function remainingRows<T extends object>(rows: Rows, reads: TrackedReads<T>): Rows {
  return sievedRows(rows, (decode, { refresh = false } = {}) => (row) => {
    return reads.isRemoved(row) ? LEFT_OUT : reads.decoding(refresh, () => decode(row));
  });
}
