import type { BeginOperation } from '../observability/observer.js';
import type { ReadPlan } from '../observability/events.js';
import type { RetainedRow, RowReader, RowShape } from '../store/row.js';
import type {
  PreparedWrite,
  ReadRequest,
  RowPage,
  Rows,
  ScanRequest,
  WriteOperation,
  WriteReceipt,
  WriteMode,
} from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { InFlight } from './in-flight.js';
import { runOperation } from '../observability/operation.js';
import type { RetryPolicy } from './retry-settings.js';
import { ScanPages } from './scan-pages.js';
import { Attempts } from './attempts.js';
import type { ConcurrentWrites } from './concurrent-writes.js';

/** State that a data source shares between its writes to determine the outcome of those whose response was lost. */
export interface Settling {
  readonly rivals: ConcurrentWrites;
  /** True if rows with the written content prove that the write was carried out. */
  readonly trustsContent: boolean;
}

const NO_NAMES: readonly string[] = Object.freeze([]);

/** A prepared write that can be read back if its response is lost. */
export class RecoverableWrite implements PreparedWrite {
  /** The write as the underlying store prepared it. */
  readonly write: PreparedWrite;
  /** The `Rows` of the underlying store that prepared the write. */
  readonly rows: Rows;
  readonly shape: RowShape;
  readonly ifMatch: string | undefined;
  /** Stored names of the properties that a merge removes. */
  readonly remove: readonly string[];
  readonly settling: Settling;
  isReadBack: boolean | undefined;

  constructor(
    write: PreparedWrite,
    rows: Rows,
    shape: RowShape,
    { ifMatch, remove = NO_NAMES }: WriteOperation,
    settling: Settling,
  ) {
    this.write = write;
    this.rows = rows;
    this.shape = shape;
    this.ifMatch = ifMatch;
    this.remove = remove;
    this.settling = settling;
  }

  get mode(): WriteMode {
    return this.write.mode;
  }

  get partitionKey(): string {
    return this.write.partitionKey;
  }

  get rowKey(): string {
    return this.write.rowKey;
  }

  get bytes(): number {
    return this.write.bytes;
  }

  get entityBytes(): number {
    return this.write.entityBytes;
  }
}

/** State and settings that all operations of one store share. */
export interface Surroundings {
  readonly policy: RetryPolicy;
  readonly inFlight: InFlight;
  readonly begin: BeginOperation;
  readonly settling: Settling;
}

/** Wraps the rows of a store: reads are retried, and prepared writes can be read back. */
export class ResilientRows implements Rows {
  readonly #rows: Rows;
  readonly #table: string;
  readonly #shape: RowShape;
  readonly #surroundings: Surroundings;

  constructor(rows: Rows, table: string, shape: RowShape, surroundings: Surroundings) {
    this.#rows = rows;
    this.#table = table;
    this.#shape = shape;
    this.#surroundings = surroundings;
  }

  get<R>(
    partitionKey: string,
    rowKey: string,
    decode: (row: RowReader) => R,
    request?: ReadRequest,
    options?: OperationOptions,
  ): Promise<R | undefined> {
    const { policy, inFlight, begin } = this.#surroundings;
    return inFlight.run(options, (running) =>
      runOperation(begin('get', this.#table, 'point'), async (operation) => {
        const tries = new Attempts(policy, operation, running);
        const found = await tries.repeat(() => this.#rows.get(partitionKey, rowKey, decode, request, tries.options));
        if (found !== undefined) operation.count(1);
        return found;
      }),
    );
  }

  scan<R>(request: ScanRequest, decode: (row: RowReader) => R, options?: OperationOptions): AsyncIterable<RowPage<R>> {
    const { policy, inFlight, begin } = this.#surroundings;
    const { continuation, ...whole } = request;
    return {
      [Symbol.asyncIterator]: () =>
        new ScanPages<R>({
          policy,
          inFlight,
          options,
          continuation,
          begin: () => begin('scan', this.#table, recoveryOf(request)),
          from: (from, running) =>
            this.#rows.scan(from === undefined ? whole : { ...whole, continuation: from }, decode, running),
        }),
    };
  }

  reopen(row: RetainedRow): RowReader {
    return this.#rows.reopen(row);
  }

  prepare(operation: WriteOperation): PreparedWrite {
    const { settling } = this.#surroundings;
    return new RecoverableWrite(this.#rows.prepare(operation), this.#rows, this.#shape, operation, settling);
  }

  written(write: PreparedWrite, receipt: WriteReceipt, before?: RetainedRow): RetainedRow {
    return this.#rows.written((write as RecoverableWrite).write, receipt, before);
  }
}

function recoveryOf({ partitionKey, rowKey }: ScanRequest): ReadPlan {
  if (typeof partitionKey === 'string') return rowKey === undefined ? 'partition' : 'row range';
  return partitionKey === undefined ? 'table scan' : 'partition range';
}
