import { addressOfRow, type Address } from '../mapping/entity-address.js';
import type { RowReader } from '../store/row.js';
import {
  isWithin,
  type KeyRange,
  type ReadRequest,
  type RowPage,
  type Rows,
  type ScanRequest,
} from '../store/table-store.js';
import { wrapRows } from '../store/wrap-store.js';
import { rowId } from './identity-map.js';

/**
 * A key range that a scan without a filter has read. Rows in the range, up to `upTo`, that the scan did not return do
 * not exist.
 */
interface Passed {
  readonly table: string;
  readonly request: ScanRequest;
  /** Address of the last row that was read; `undefined` once the whole range was read. */
  upTo: Address | undefined;
}

/**
 * The rows that a unit of work has read, and those that it has looked for and not found. They show whether a rejected
 * write has lost a race, i.e. whether another writer changed the row after the unit had read it, or created it after
 * the unit had found it missing. In that case the same work may succeed with fresh reads; without a lost race, the
 * write would be rejected again.
 */
export class SeenRows {
  readonly #present = new Set<string>();
  readonly #missing = new Set<string>();
  readonly #etags = new Set<string>();
  readonly #passed: Passed[] = [];

  /** Returns whether a row was found. */
  wasPresent(table: string, address: Address): boolean {
    return this.#present.has(rowId(table, address));
  }

  /** Returns whether a row was found with this ETag. */
  wasUnder(table: string, address: Address, etag: string): boolean {
    return this.#etags.has(`${rowId(table, address)}\n${etag}`);
  }

  /** Returns whether a row was looked for and not found. */
  wasMissing(table: string, address: Address): boolean {
    const id = rowId(table, address);
    return (
      this.#missing.has(id) || (!this.#present.has(id) && this.#passed.some((passed) => covers(passed, table, address)))
    );
  }

  /** Wraps the rows of a table so that every read is recorded here, including rows that were not found. */
  watch(rows: Rows, table: string, isOrdered: boolean): Rows {
    return wrapRows(rows, this.#reads(rows, table, isOrdered));
  }

  #reads(rows: Rows, table: string, isOrdered: boolean): Pick<Rows, 'get' | 'scan'> {
    const found = (row: RowReader, request: ReadRequest): Address => {
      const address = addressOfRow(row);
      const id = rowId(table, address);
      this.#present.add(id);
      if (request.etag ?? request.select === undefined) this.#etags.add(`${id}\n${row.etag}`);
      return address;
    };
    const missing = (address: Address): unknown => this.#missing.add(rowId(table, address));
    const passed = this.#passed;
    return {
      async get<R>(...[partitionKey, rowKey, decode, request = {}, options]: Parameters<typeof rows.get<R>>) {
        let isThere = false;
        const watched = (row: RowReader): R => {
          isThere = true;
          found(row, request);
          return decode(row);
        };
        const result = await rows.get(partitionKey, rowKey, watched, request, options);
        if (!isThere) missing({ partitionKey, rowKey });
        return result;
      },
      async *scan<R>(...[request, decode, options]: Parameters<typeof rows.scan<R>>): AsyncGenerator<RowPage<R>> {
        const isWhole =
          request.filter === undefined && request.rawFilter === undefined && request.continuation === undefined;
        let last: Passed | undefined;
        const watched = (row: RowReader): R => {
          const upTo = found(row, request);
          if (last !== undefined) last.upTo = upTo;
          else if (isWhole && isOrdered) passed.push((last = { table, request, upTo }));
          return decode(row);
        };
        let isMore = true;
        for await (const page of rows.scan(request, watched, options)) {
          isMore = page.continuation !== undefined;
          if (!isMore && isWhole) {
            if (last === undefined) passed.push({ table, request, upTo: undefined });
            else last.upTo = undefined;
          }
          yield page;
        }
      },
    };
  }
}

function covers({ table, request, upTo }: Passed, wanted: string, { partitionKey, rowKey }: Address): boolean {
  if (table !== wanted || !isIn(partitionKey, request.partitionKey) || !isIn(rowKey, request.rowKey)) return false;
  if (upTo === undefined || partitionKey < upTo.partitionKey) return true;
  return partitionKey === upTo.partitionKey && rowKey <= upTo.rowKey;
}

function isIn(key: string, range: string | KeyRange | undefined): boolean {
  if (range === undefined) return true;
  return typeof range === 'string' ? key === range : isWithin(key, range);
}
