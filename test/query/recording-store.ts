import type { EdmTypeMap, TypedValue } from '../../src/edm/edm-type.js';
import { STORAGE_LIMITS, type ServiceLimits } from '../../src/store/limits.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type RowReader, type RowShape, type Slot } from '../../src/store/row.js';
import type { KeyRange, RowPage, Rows, ScanRequest, TableStore } from '../../src/store/table-store.js';
import type { OperationOptions } from '../../src/options/operation-options.js';
import { passes } from '../filter/three-valued.js';

/** A row of the recording store. */
export interface RecordedRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly values: Readonly<Record<string, TypedValue>>;
}

/** A request to the recording store. */
export type RecordedRequest =
  | {
      readonly kind: 'get';
      readonly partitionKey: string;
      readonly rowKey: string;
      readonly select?: readonly Slot[] | undefined;
    }
  | ({ readonly kind: 'page' } & ScanRequest);

interface RecordingStoreOptions {
  readonly limits?: Partial<ServiceLimits>;
  readonly ordered?: boolean;
  readonly rawFilters?: boolean;
  /**
   * The maximum number of rows that a page examines. A page may therefore have few matches or none, with a
   * continuation.
   */
  readonly rowsPerPage?: number;
}

const WRITTEN = new Date(Date.UTC(2026, 0, 1));

/**
 * A store that records every request, to test what queries send and how often, which is visible nowhere else. It reads
 * rows from an array and evaluates filters with code of its own. Tests of results run on real stores.
 */
export class RecordingStore implements TableStore {
  readonly requests: RecordedRequest[] = [];
  readonly traits: TableStore['traits'];
  readonly #rows: readonly RecordedRow[];
  readonly #rowsPerPage: number;

  constructor(
    rows: readonly RecordedRow[] = [],
    { limits, ordered = true, rawFilters = false, rowsPerPage = Infinity }: RecordingStoreOptions = {},
  ) {
    this.#rows = [...rows].sort((a, b) =>
      a.partitionKey === b.partitionKey ? order(a.rowKey, b.rowKey) : order(a.partitionKey, b.partitionKey),
    );
    this.#rowsPerPage = rowsPerPage;
    this.traits = {
      kind: 'recording',
      identity: 'recording',
      ordered,
      rawFilters,
      removes: 'in-place',
      limits: { ...STORAGE_LIMITS, ...limits },
    };
  }

  rows(_table: string, shape: RowShape): Rows {
    return {
      get: async (partitionKey, rowKey, decode, request = {}, options) => {
        this.requests.push({ kind: 'get', partitionKey, rowKey, select: request.select });
        stopIfAsked(options);
        const row = this.#rows.find((one) => one.partitionKey === partitionKey && one.rowKey === rowKey);
        return row && decode(reader(row, shape));
      },
      scan: (request, decode, options) => this.#scan(shape, request, decode, options),
      reopen: unsupported,
      prepare: unsupported,
      written: unsupported,
    };
  }

  async *#scan<R>(
    shape: RowShape,
    request: ScanRequest,
    decode: (row: RowReader) => R,
    options?: OperationOptions,
  ): AsyncGenerator<RowPage<R>> {
    const { partitionKey, rowKey, filter, pageSize = this.traits.limits.pageRows } = request;
    const partitions =
      typeof partitionKey === 'string'
        ? { from: { value: partitionKey, inclusive: true }, to: { value: partitionKey, inclusive: true } }
        : partitionKey;
    let next = request.continuation === undefined ? 0 : Number(request.continuation);
    do {
      this.requests.push({ kind: 'page', ...request, ...(next > 0 && { continuation: String(next) }) });
      await Promise.resolve();
      stopIfAsked(options);
      const found: R[] = [];
      for (let seen = 0; next < this.#rows.length && found.length < pageSize && seen < this.#rowsPerPage; next++) {
        const row = this.#rows[next]!;
        if (!within(partitions, row.partitionKey)) continue;
        seen++;
        if (within(rowKey, row.rowKey) && (filter === undefined || passes(filter, (name) => valueOf(row, name))))
          found.push(decode(reader(row, shape)));
      }
      const more = this.#rows
        .slice(next)
        .some((row) => within(partitions, row.partitionKey) && within(rowKey, row.rowKey));
      if (!more) {
        yield { rows: found };
        return;
      }
      yield { rows: found, continuation: String(next) };
    } while (next < this.#rows.length);
  }

  submit = unsupported;
  createTable = unsupported;
  deleteTable = unsupported;
  tables = unsupported;
  [Symbol.asyncDispose] = (): Promise<void> => Promise.resolve();
}

function unsupported(): never {
  throw new Error('The recording store only reads');
}

function stopIfAsked(options: OperationOptions | undefined): void {
  options?.signal?.throwIfAborted();
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function within({ from, to }: KeyRange = {}, key: string): boolean {
  return (
    (from === undefined || key > from.value || (from.inclusive && key === from.value)) &&
    (to === undefined || key < to.value || (to.inclusive && key === to.value))
  );
}

function valueOf({ partitionKey, rowKey, values }: RecordedRow, name: string): TypedValue | undefined {
  switch (name) {
    case 'PartitionKey':
      return { type: 'String', value: partitionKey };
    case 'RowKey':
      return { type: 'String', value: rowKey };
    case 'Timestamp':
      return { type: 'DateTime', value: WRITTEN };
    default:
      return values[name];
  }
}

function reader(row: RecordedRow, { properties }: RowShape): RowReader {
  const system: Readonly<Record<Slot, string>> = {
    [PARTITION_KEY]: 'PartitionKey',
    [ROW_KEY]: 'RowKey',
    [TIMESTAMP]: 'Timestamp',
  };
  const at = (slot: Slot): TypedValue | undefined => valueOf(row, system[slot] ?? properties[slot]!.name);
  const value = <V extends EdmTypeMap[keyof EdmTypeMap]>(slot: Slot): V => at(slot)!.value as V;
  return {
    typeOf: (slot) => at(slot)?.type,
    string: value,
    number: value,
    boolean: value,
    int64: value,
    milliseconds: (slot) => value<Date>(slot).getTime(),
    ticks: () => 0,
    guid: value,
    binary: value,
    etag: 'W/"1"',
    undeclared: () => [],
    retain: () => row as never,
  };
}
