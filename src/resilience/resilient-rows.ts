import type { BeginOperation } from '../observability/observer.js';
import type { ReadPlan } from '../observability/events.js';
import type { RetainedRow, RowReader, RowShape } from '../store/row.js';
import type {
  OperationOptions,
  PreparedWrite,
  ReadRequest,
  RowPage,
  Rows,
  ScanRequest,
  WriteOperation,
  WriteReceipt,
} from '../store/table-store.js';
import type { InFlight } from './in-flight.js';
import { KeptWrite, type Settling } from './kept-write.js';
import { observed } from './observed.js';
import type { RetryPolicy } from './retry-settings.js';
import { ScanPages } from './scan-pages.js';
import { Tries } from './tries.js';

/** What the operations of one store have in common. */
export interface Surroundings {
  readonly policy: RetryPolicy;
  readonly inFlight: InFlight;
  readonly begin: BeginOperation;
  readonly settling: Settling;
}

/** Rows whose reads are tried again, and whose writes can be read back. */
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
      observed(begin('get', this.#table, 'point'), async (operation) => {
        const tries = new Tries(policy, operation, running);
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
          begin: () => begin('scan', this.#table, planOf(request)),
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
    return new KeptWrite(this.#rows.prepare(operation), this.#rows, this.#shape, operation, settling);
  }

  written(write: PreparedWrite, receipt: WriteReceipt, before?: RetainedRow): RetainedRow {
    return this.#rows.written((write as KeptWrite).write, receipt, before);
  }
}

function planOf({ partitionKey, rowKey }: ScanRequest): ReadPlan {
  if (typeof partitionKey === 'string') return rowKey === undefined ? 'partition' : 'row range';
  return partitionKey === undefined ? 'table scan' : 'partition range';
}
