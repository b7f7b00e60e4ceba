import { addressOfRow, type Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import { applyPatch } from '../mapping/patch.js';
import type { RowReader } from '../store/row.js';
import type { Rows } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { IdentityMap } from './identity-map.js';
import type { EntityReader } from '../mapping/entity-reader.js';
import { LEFT_OUT, sievedRows } from '../query/client-filter.js';

/**
 * Reads entities of one class for a unit of work. A row that the unit already tracks yields its entity; any other row
 * yields a new entity, which is tracked from then on.
 */
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

  /**
   * Returns the entity of one row. Reads the row if the unit has not loaded its entity, or if `refresh` is set and no
   * insert is pending. Returns `undefined` for a row that does not exist or that the unit deletes.
   */
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

  /** Runs `run`. If `refresh` is set, {@link decode} meanwhile reloads the entities that the unit already has. */
  decoding<R>(refresh: boolean, run: () => R): R {
    this.#refreshes = refresh;
    try {
      return run();
    } finally {
      this.#refreshes = false;
    }
  }

  /** Returns the entity of a row: the tracked one, or a new one, which is tracked. */
  readonly decode = (row: RowReader): T => (this.#refreshes ? this.#refreshed(row) : this.#tracked(row));

  /**
   * Returns the entity of a row without tracking it: the tracked one, or a new one if there is none or it is to be
   * reloaded.
   */
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

  /** Reloads the entity from the row and drops its changes and its pending write, except an insert. */
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

  /** Returns whether the unit deletes a row. */
  isRemoved(row: RowReader): boolean {
    return this.#rows.at(this.#mapper, addressOfRow(row))?.held.kind === 'delete';
  }
}

/**
 * Returns the reader for the queries of a unit of work: it returns tracked entities and leaves out rows that the unit
 * deletes.
 */
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
