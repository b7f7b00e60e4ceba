import type { FailedRow, WriteByFilterOptions, WriteReport } from './write-options.js';
import { notify } from '../async/notify.js';
import { EntitableError } from '../errors/entitable-error.js';
import { Deadline } from '../async/deadline.js';
import type { Rows, TableStore } from '../store/table-store.js';
import { checkFunction, checkOperation, type OperationOptions } from '../options/operation-options.js';
import type { RowPlace, RowReading } from './merge-rows.js';
import type { MatchedRow, MatchWrite, PrepareWrite, MatchWrites } from './matched-writes.js';
import { OpenBatch, type TableWrite } from '../writing/batch.js';
import { groupProblem } from '../writing/check-group.js';
import { isOfWrite, type BatchFailure } from '../writing/refusals.js';
import { entriesAfter, limitedTo, outcomeOfError } from '../writing/apart-phases.js';
import { submitBatch, type BatchSubmission } from '../writing/submit-batch.js';
import { PARTITION_KEY, ROW_KEY, type RowReader } from '../store/row.js';
import { sieveOf } from './client-filter.js';
import type { EntityReading, IndexReader } from './indexes/index-reader.js';
import { WRITE_BY_FILTER_NAMES } from './option-names.js';
import { readPages } from './page-reader.js';
import { refuseSorted, type QueryState } from './query-state.js';
import { pageSourceOf } from './result-pages.js';
import { intersection, onlyKey } from '../filter/key-range.js';
import type { Plan, Step } from './planning/plan.js';
import { readStep, type PlanReader } from './execute-plan.js';

/** The store and the callbacks of a write by filter. */
export interface MatchWriter {
  readonly store: TableStore;
  readonly table: string;
  /** The class of the entities, for errors. */
  readonly className: string;
  readonly prepare: PrepareWrite;
  /** Reads a row again. Resolves to `undefined` if the row no longer matches. */
  readonly reread: (row: RowPlace) => Promise<MatchedRow | undefined>;
}

/**
 * The number of times that a write of a row is attempted while other writers keep changing the row, before the row
 * counts as failed.
 */
const ATTEMPTS = 5;

interface Pending extends MatchedRow {
  readonly attempt: number;
  /**
   * The prepared write, if it did not fit into the previous transaction. It is kept so that a function that computes
   * the patch is called only once.
   */
  readonly prepared?: MatchWrite;
}

interface Prepared extends Pending, TableWrite {}

/**
 * Writes the rows that match, in transactions of one partition, each row on condition that it still has the ETag it was
 * read with.
 */
async function writeMatches(
  writer: MatchWriter,
  matches: AsyncIterable<{ readonly rows: readonly MatchedRow[] }>,
  { onProgress, ...options }: WriteByFilterOptions = {},
): Promise<WriteReport> {
  const { store, table, reread } = writer;
  let changed = 0;
  let skipped = 0;
  const failed: FailedRow[] = [];
  const submission: BatchSubmission<Prepared> = {
    submit: (writes, within) => store.submit(table, writes, limitedTo(options, within)),
    options,
    onWritten: () => changed++,
    onRefused({ partitionKey, rowKey, attempt }, error) {
      if (!isOfWrite(error)) return false;
      if (EntitableError.is(error, 'store.not-found')) {
        skipped++;
        return true;
      }
      if (isRaced(error) && attempt < ATTEMPTS) return false;
      failed.push({ partitionKey, rowKey, error });
      return true;
    },
  };
  for await (const { rows } of matches) {
    const pending: Pending[] = rows.map((row) => ({ ...row, attempt: 1 }));
    const held = new Set<Prepared>();
    try {
      await writePage(pending, held);
    } catch (error) {
      await entriesAfter([...held], 'not-written', { options, cause: error });
      throw error;
    }
  }
  return Object.freeze({ changed, skipped, failed: Object.freeze(failed) });

  /** Adds to `held` the rows that are sent again, whose entries in other partitions are written already. */
  async function writePage(pending: Pending[], held: Set<Prepared>): Promise<void> {
    while (pending.length > 0) {
      const before = pending.length;
      const failures = failed.length;
      const batch = await nextBatch(writer, pending, failed, options);
      skipped += before - pending.length - batch.length - (failed.length - failures);
      const rest = await submitBatch(batch, submission);
      if (rest?.failure !== undefined) await readAgain(rest.unwritten, rest.failure, { pending, held });
      if (onProgress !== undefined) notify(onProgress, { changed, skipped, failed: failed.length });
    }
  }

  /**
   * Reads a row again that another writer has changed. If it still matches, it is written together with the rows that
   * are not written yet.
   */
  async function readAgain(
    unwritten: readonly Prepared[],
    { error, refused }: BatchFailure<Prepared>,
    { pending, held }: { readonly pending: Pending[]; readonly held: Set<Prepared> },
  ): Promise<void> {
    if (refused === undefined || !isRaced(error)) {
      await entriesAfter(unwritten, outcomeOfError(error), { options, cause: error });
      throw error;
    }
    const others = unwritten.filter((row) => row !== refused);
    pending.unshift(...others);
    for (const row of others) if (row.apart !== undefined) held.add(row);
    await entriesAfter([refused], 'not-written', { options, cause: error });
    const again = await reread(refused);
    if (again === undefined) skipped++;
    else pending.unshift({ ...again, attempt: refused.attempt + 1 });
  }
}

function isRaced(error: unknown): boolean {
  return EntitableError.is(error, 'store.precondition-failed');
}

/**
 * Removes the rows of the next transaction from `pending`, and returns them without those that have nothing to write. A
 * row whose group no transaction can hold is added to `failed`.
 */
async function nextBatch(
  { prepare, store, table, className }: MatchWriter,
  pending: Pending[],
  failed: FailedRow[],
  options: OperationOptions,
): Promise<readonly Prepared[]> {
  const { limits, removes } = store.traits;
  let batch: OpenBatch<Prepared> | undefined;
  for (let row = pending[0]; row !== undefined; row = pending[0]) {
    if (batch !== undefined && (batch.isFull(limits) || row.partitionKey !== batch.partitionKey)) break;
    const preparing = row.prepared ?? prepare(row);
    const prepared = preparing instanceof Promise ? await new Deadline(options).wait(preparing) : preparing;
    if (prepared === undefined) {
      pending.shift();
      continue;
    }
    const { write, others, apart } = prepared;
    const error = others && groupProblem([prepared], limits, className);
    if (error !== undefined) {
      const { partitionKey, rowKey } = row;
      failed.push({ partitionKey, rowKey, error });
      pending.shift();
      continue;
    }
    const isAlone = prepared.removes && removes === 'by-replacing';
    if (batch !== undefined && (isAlone || !batch.takes(prepared, limits))) {
      pending[0] = { ...row, prepared };
      break;
    }
    pending.shift();
    const item: Prepared = { ...row, prepared, table, write, others, apart };
    batch ??= new OpenBatch(item);
    batch.add(item);
    if (isAlone) break;
  }
  return batch?.writes ?? [];
}

/** The {@link RowReading} that decodes the keys and the ETag of each matching row, which every write needs. */
export const MATCHES: RowReading<MatchedRow> = Object.freeze({
  request: Object.freeze({ select: Object.freeze([]), etag: true }),
  decode: matchOf,
});

/**
 * Returns a {@link RowReading} that also decodes the query's result for each matching row, for patches that are
 * computed from it.
 */
export function withResults({ request, decode }: RowReading<unknown>): RowReading<MatchedRow> {
  return { request: { ...request, etag: true }, decode: (row) => ({ ...matchOf(row), result: decode(row) }) };
}

/** Returns a reading that also decodes what the indexes of the class must know of each row, in the same request. */
function withKnowledge(
  { request, decode }: RowReading<MatchedRow>,
  indexes: MatchWrites['indexes'],
): RowReading<MatchedRow> {
  if (indexes === undefined) return { request, decode };
  const select = request.select && [...new Set([...request.select, ...indexes.slots])];
  return {
    request: select === undefined ? request : { ...request, select },
    decode: (row) => ({ ...decode(row), known: indexes.values(row) }),
  };
}

function matchOf(row: RowReader): MatchedRow {
  return { partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY), etag: row.etag };
}

/** Changes every row that a query matches, each on condition that it still has the ETag it was read with. */
export async function changeMatches<T extends object>(
  state: QueryState<T>,
  reading: RowReading<MatchedRow>,
  change: (writes: MatchWrites) => PrepareWrite | Promise<PrepareWrite>,
  options: WriteByFilterOptions | undefined,
): Promise<WriteReport> {
  const { source, index, writes } = state;
  if (writes === undefined) throw new TypeError('This query was made for reading only');
  checkOperation(options, WRITE_BY_FILTER_NAMES);
  if (options?.onProgress !== undefined) checkFunction('onProgress', options.onProgress);
  const prepare = await new Deadline(options).wait(Promise.resolve(change(writes)));
  const { store, table, metadata } = source;
  const knowing = withKnowledge(reading, writes.indexes);
  const matches = pageSourceOf(state, knowing);
  refuseSorted(state, matches.plan, 'A write by filter');
  const reread =
    index === undefined
      ? rereadMatch(matches.reader as PlanReader<MatchedRow>, options)
      : rereadEntity(index, matches.plan, { reading: knowing, sieve: sieveOf(source, state.clientFilters) }, options);
  const isNew = index === undefined ? () => true : firstTimes();
  const chunks = (async function* () {
    for await (const { items } of readPages(matches, options)) yield { rows: items.filter(isNew) };
  })();
  return writeMatches({ store, table, className: metadata.className, prepare, reread }, chunks, options);
}

/**
 * Creates a test that an entity passes once. A merge can move the entry of an entity to a place in the index that is
 * read later, where the same query would find the entity again.
 */
function firstTimes(): (row: RowPlace) => boolean {
  const seen = new Set<string>();
  return ({ partitionKey, rowKey }) => {
    const { size } = seen;
    return seen.add(`${partitionKey}\n${rowKey}`).size > size;
  };
}

/** Creates a function that reads one row again. It resolves to `undefined` if the row no longer matches the plan. */
function rereadMatch<R>(
  { rows, plan: { legs }, reading }: PlanReader<R>,
  { signal, timeout }: OperationOptions = {},
): (row: RowPlace) => Promise<R | undefined> {
  const steps = legs.flatMap((leg) => leg.steps);
  return (row) => readOneRow(rows, steps, row, reading, { signal, timeout });
}

/** Creates a function that reads one entity again, if its entry still matches the plan. */
function rereadEntity<T extends object, R>(
  index: IndexReader<T>,
  { legs }: Plan,
  how: EntityReading<R>,
  { signal, timeout }: OperationOptions = {},
): (row: RowPlace) => Promise<R | undefined> {
  const steps = legs.flatMap((leg) => leg.steps);
  return async (row) => {
    const found = await index.current(row, how, { signal, timeout });
    if (found === undefined) return undefined;
    const entry = await readOneRow(index.rows, steps, found.entry, index.reading, { signal, timeout });
    return entry !== undefined && index.places.hold(entry, found.entry) ? found.result : undefined;
  };
}

/** Reads one row, if one of the steps reads it. */
async function readOneRow<R>(
  rows: Rows,
  steps: readonly Step[],
  row: RowPlace,
  reading: RowReading<R>,
  options: OperationOptions,
): Promise<R | undefined> {
  for (const step of steps) {
    const only = onlyRow(step, row);
    if (only === undefined) continue;
    for await (const page of readStep(rows, only, reading, { pageSize: 1 }, options, { seen: true })) {
      if (page.rows.length > 0) return page.rows[0];
    }
  }
  return undefined;
}

function onlyRow(step: Step, row: RowPlace): Step | undefined {
  if (step.kind === 'point')
    return step.partitionKey === row.partitionKey && step.rowKey === row.rowKey ? step : undefined;
  const partitionKey = intersection(step.partitionKey, onlyKey(row.partitionKey));
  const rowKey = intersection(step.rowKey, onlyKey(row.rowKey));
  return partitionKey && rowKey && { ...step, partitionKey, rowKey };
}
