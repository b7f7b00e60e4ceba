import type { Rows, KeyRange, RowPage, ScanRequest } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import {
  comparePlaces,
  keyedReading,
  mergeRows,
  type RowReading,
  type RowPlace,
  type MergeSource,
} from './merge-rows.js';
import { stepComparisons, type Leg, type Plan, type ScanStep, type Step } from './planning/plan.js';
import { linkSignal } from '../async/linked-signal.js';
import { EntitableError } from '../errors/entitable-error.js';
import { singleKey, intersection, onlyKey } from '../filter/key-range.js';

/**
 * The point at which a plan resumes: the index of a leg, and the position within that leg. A leg is a step (a request
 * and its continuations), or several steps whose rows are merged by key; see `Leg` and `Step` in `plan.ts`.
 */
export interface Position {
  readonly leg: number;
  /** The store's own continuation, in a leg of one step. */
  readonly continuation?: string | undefined;
  /** The row after which a leg of several steps resumes. */
  readonly after?: RowPlace | undefined;
}

/** Rows that arrived together, and the position at which the plan resumes, if there are more rows. */
export interface Chunk<out R> {
  readonly rows: readonly R[];
  readonly next?: Position;
}

/** A plan with everything needed to read it. */
export interface PlanReader<out R> {
  readonly rows: Rows;
  readonly plan: Plan;
  readonly reading: RowReading<R>;
  readonly pageSize: number;
  /** The maximum number of comparisons in the filter of one request. */
  readonly comparisons: number;
  /** The number of pages to request ahead of the consumer, in a leg of one step. */
  readonly ahead: number;
}

/**
 * The maximum number of legs that are read at once, and of steps in one leg whose first pages are requested at once.
 */
const CONCURRENCY = 8;

/** Reads a plan from a position onwards, leg by leg. The first pages of the legs that follow are requested ahead. */
export async function* readPlan<R>(
  reader: PlanReader<R>,
  from: Position,
  options: OperationOptions = {},
): AsyncGenerator<Chunk<R>, void, undefined> {
  const { legs } = reader.plan;
  const table = { seen: false };
  if (legs.length - from.leg <= 1) {
    yield* readLeg(reader, from, options, table);
    return;
  }
  const stop = new AbortController();
  const release = linkSignal(options.signal, stop);
  const begun: { readonly chunks: AsyncGenerator<Chunk<R>>; readonly first: Promise<IteratorResult<Chunk<R>>> }[] = [];
  let toBegin = from.leg;
  const begin = (): void => {
    const start = toBegin === from.leg ? from : { leg: toBegin };
    const chunks = readLeg({ ...reader, ahead: 0 }, start, { ...options, signal: stop.signal }, table);
    const first = chunks.next();
    first.catch(() => undefined); // the loop below throws the error when it reaches this leg
    begun.push({ chunks, first });
    toBegin++;
  };
  try {
    while (begun.length > 0 || toBegin < legs.length) {
      while (begun.length < CONCURRENCY && toBegin < legs.length) begin();
      const { chunks, first } = begun[0]!;
      for (let chunk = await first; chunk.done !== true; chunk = await chunks.next()) yield chunk.value;
      begun.shift();
    }
  } finally {
    release();
    stop.abort();
    await Promise.allSettled(begun.map(({ chunks }) => chunks.return(undefined)));
  }
}

/** Reads one leg from a position onwards. */
export async function* readLeg<R>(
  reader: PlanReader<R>,
  from: Position,
  options: OperationOptions,
  table: TableSeen,
): AsyncGenerator<Chunk<R>, void, undefined> {
  const { plan, rows, reading } = reader;
  const leg = plan.legs[from.leg];
  if (leg === undefined) return;
  const nextLeg = from.leg + 1 < plan.legs.length ? { next: { leg: from.leg + 1 } } : {};
  const [only, ...others] = leg.steps;
  if (only !== undefined && others.length === 0) {
    for await (const page of readStep(rows, only, reading, pagingOf(reader, from), options, table)) {
      const { continuation } = page;
      yield { rows: page.rows, ...(continuation === undefined ? nextLeg : { next: { leg: from.leg, continuation } }) };
    }
    return;
  }
  for await (const page of mergeRows(sourcesOf(reader, leg, from, options, table), reader.pageSize, CONCURRENCY)) {
    const resume = page.more ? { next: { leg: from.leg, after: placeOf(page.rows.at(-1)!) } } : nextLeg;
    yield { rows: page.rows.map(({ value }) => value), ...resume };
  }
}

function sourcesOf<R>(
  reader: PlanReader<R>,
  { steps }: Leg,
  { after }: Position,
  options: OperationOptions,
  table: TableSeen,
): readonly MergeSource<R>[] {
  const keyed = keyedReading(reader.reading);
  return steps.map(async function* (step): MergeSource<R> {
    for (const part of after === undefined ? [step] : resumeStep(step, after, reader.comparisons)) {
      for await (const { rows } of readStep(reader.rows, part, keyed, { pageSize: reader.pageSize }, options, table))
        yield after === undefined ? rows : rows.filter((row) => comparePlaces(row, after) > 0);
    }
  });
}

function pagingOf(
  { pageSize, ahead }: Pick<PlanReader<unknown>, 'pageSize' | 'ahead'>,
  { continuation }: Position,
): StepPaging {
  return { pageSize, ...(ahead > 0 && { ahead }), ...(continuation !== undefined && { continuation }) };
}

function placeOf({ partitionKey, rowKey }: RowPlace): RowPlace {
  return { partitionKey, rowKey };
}

/** The part of a scan request that controls its paging. */
export type StepPaging = Pick<ScanRequest, 'pageSize' | 'continuation' | 'ahead'>;

/**
 * Records whether a query has found its table. If a later step does not find it, the table was deleted meanwhile, and
 * the query fails instead of returning results that look complete.
 */
export interface TableSeen {
  seen: boolean;
}

/**
 * Reads one step, page by page. Throws `store.table-not-found` if an earlier step found the table and this one does
 * not.
 */
export async function* readStep<R>(
  rows: Rows,
  step: Step,
  { request, decode }: RowReading<R>,
  paging: StepPaging,
  options: OperationOptions | undefined,
  table: TableSeen,
): AsyncGenerator<RowPage<R>, void, undefined> {
  switch (step.kind) {
    case 'point': {
      const found = await rows.get(
        step.partitionKey,
        step.rowKey,
        (row) => ({ rows: [decode(row)] }),
        request,
        options,
      );
      if (found === undefined) return;
      table.seen = true;
      yield found;
      return;
    }
    case 'scan': {
      // Read before this request is sent, because a step that runs at the same time may find a table that was created
      // only after this request was sent.
      const wasSeen = table.seen;
      for await (const page of rows.scan({ ...request, ...scanRequest(step), ...paging }, decode, options)) {
        if (page.tableMissing !== true) table.seen = true;
        else if (wasSeen) throw tableGone();
        yield page;
      }
      return;
    }
    default:
      return step satisfies never;
  }
}

function tableGone(): EntitableError {
  return new EntitableError(
    'store.table-not-found',
    'The table was deleted while a query read it: rows that it had are missing from what was read. Read again.',
    {},
  );
}

function scanRequest({ partitionKey, rowKey, filter }: ScanStep): ScanRequest {
  return {
    ...(isBounded(partitionKey) && { partitionKey: singleKey(partitionKey) ?? partitionKey }),
    ...(isBounded(rowKey) && { rowKey }),
    ...(filter !== undefined && { filter }),
  };
}

function isBounded({ from, to }: KeyRange): boolean {
  return from !== undefined || to !== undefined;
}

/**
 * Returns the steps that read the rest of a step after a row: the rest of the row's partition, then the partitions
 * after it. If that needs more comparisons than a request can have, returns the whole step; the caller drops the
 * earlier rows that it reads.
 */
function resumeStep(step: Step, after: RowPlace, comparisons: number): readonly Step[] {
  if (step.kind === 'point') return comparePlaces(step, after) > 0 ? [step] : [];
  const samePartition = narrowed(step, onlyKey(after.partitionKey), behind(after.rowKey));
  const partitionsBehind =
    singleKey(step.partitionKey) === after.partitionKey ? undefined : narrowed(step, behind(after.partitionKey), {});
  const parts = [samePartition, partitionsBehind].filter((part) => part !== undefined);
  return parts.every((part) => stepComparisons(part) <= comparisons) ? parts : [step];
}

function narrowed(step: ScanStep, partitions: KeyRange, rows: KeyRange): ScanStep | undefined {
  const partitionKey = intersection(step.partitionKey, partitions);
  const rowKey = intersection(step.rowKey, rows);
  return partitionKey && rowKey && { ...step, partitionKey, rowKey };
}

function behind(value: string): KeyRange {
  return { from: { value, inclusive: false } };
}
